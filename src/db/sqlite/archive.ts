/** Answers what is asked of a log beside its streams. The reading is done by a worker: src/db/sqlite/long-reads */
import {
  type ExportFormat,
  type ListAnswer,
  type ListRequest,
  type LogArchive,
  LogBusyError,
  LogUnavailableError,
  type QuestionSql,
  type Stats,
  type StatsRequest,
} from "../../archive.ts";
import { type EventId, type LogPosition, type LogStatus, MAX_EVENT_ID, MIN_EVENT_ID } from "../../events.ts";
import type { Question } from "../../question.ts";
import type { Call } from "./long-reads/call.ts";
import type { LongRead, OpenLog } from "./long-reads/protocol.ts";
import type { LongReadThread } from "./long-reads/thread.ts";
import { currentLogOf, type FollowedLog, openLogOf } from "./open-log.ts";

export class Archive implements LogArchive {
  readonly #log: FollowedLog;
  readonly #thread: LongReadThread;

  constructor(log: FollowedLog, thread: LongReadThread) {
    this.#log = log;
    this.#thread = thread;
  }

  /** To be called when the log was opened: then its file is open for the first question, too. */
  prepare(): void {
    try {
      this.#thread.prepare(openLogOf(this.#log));
    } catch (error) {
      // It was closed again meanwhile: the first question tells why.
      if (!(error instanceof LogUnavailableError || error instanceof LogBusyError)) throw error;
    }
  }

  position(): LogPosition | undefined {
    return this.#log.position();
  }

  status(): LogStatus {
    return this.#log.status();
  }

  async list({ question, start, limits, budgetMs }: ListRequest, signal: AbortSignal): Promise<ListAnswer> {
    const current = currentLogOf(this.#log);
    const log = current instanceof Promise ? await current : current;
    const { name, latestId } = log;
    const read: LongRead =
      start.kind === "at"
        ? { kind: "around", question, atMs: start.atMs, limits, budgetMs }
        : { kind: "list", question, limits, budgetMs, ...rangeOf(start, log) };
    const answer = await this.#thread.begin(read, log, signal).answer;
    if (answer.kind !== "list") throw unexpected(answer.kind);
    const { items, count, next, scannedTo } = answer;
    return { log: name, latestId, items, count, next, scannedTo };
  }

  async event(
    id: EventId,
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array> | undefined> {
    const call = this.#thread.begin({ kind: "event", id, maxBytes }, openLogOf(this.#log), signal);
    const answer = await call.answer;
    if (answer.kind !== "event") throw unexpected(answer.kind);
    return answer.isFound ? piecesOf(call) : undefined;
  }

  async stats(request: StatsRequest, signal: AbortSignal): Promise<Stats> {
    const answer = await this.#thread.begin({ kind: "stats", ...request }, openLogOf(this.#log), signal)
      .answer;
    if (answer.kind !== "stats") throw unexpected(answer.kind);
    return answer.stats;
  }

  async sql(question: Question, signal: AbortSignal): Promise<QuestionSql> {
    const answer = await this.#thread.begin({ kind: "sql", question }, openLogOf(this.#log), signal).answer;
    if (answer.kind !== "sql") throw unexpected(answer.kind);
    return answer.sql;
  }

  async export(
    question: Question,
    format: ExportFormat,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array>> {
    const call = this.#thread.begin({ kind: "export", question, format }, openLogOf(this.#log), signal);
    await call.answer;
    return piecesOf(call);
  }
}

/** Ids between which there is none. */
const NONE = { lowest: 1n, highest: 0n };

/** Nothing is newer than the newest id of the same answer: a stream goes on from exactly there. */
function rangeOf(
  start: Exclude<ListRequest["start"], { kind: "at" }>,
  { latestId }: OpenLog,
): { direction: "ascending" | "descending"; lowest: EventId; highest: EventId } {
  const direction = start.kind === "before" ? "descending" : "ascending";
  const { before } = start;
  if (before === MIN_EVENT_ID || (start.kind === "after" && start.after === MAX_EVENT_ID))
    return { direction, ...NONE };
  const highest = before === undefined || before > latestId ? latestId : before - 1n;
  return { direction, lowest: start.kind === "after" ? start.after + 1n : MIN_EVENT_ID, highest };
}

function piecesOf(call: Call): ReadableStream<Uint8Array> {
  return new ReadableStream(call, { highWaterMark: 0 });
}

function unexpected(kind: string): Error {
  return new Error(`reading for a request: the worker answered with ${kind}`);
}

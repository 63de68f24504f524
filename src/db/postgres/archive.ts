/** Answers what is asked of a table of PostgreSQL beside its streams. */
import {
  type ExportFormat,
  type ListAnswer,
  type ListRequest,
  type LogArchive,
  LogUnavailableError,
  type QuestionSql,
  type Stats,
  type StatsRequest,
} from "../../archive.ts";
import type { RoleReadings } from "../../columns/roles.ts";
import {
  type EventId,
  type Later,
  type LogPosition,
  type LogStatus,
  MAX_EVENT_ID,
  MIN_EVENT_ID,
} from "../../events.ts";
import type { Question } from "../../question.ts";
import { rowJson, rowJsonPieces } from "../../rows/json.ts";
import { exportRows } from "./export.ts";
import { findAround, findPage, type FoundPage } from "./list.ts";
import type { Direction, IdRange, LogRead } from "./log-read.ts";
import { askedTable, type LogTable, readLogTable } from "./log-table.ts";
import { readOne } from "./one.ts";
import { questionSql } from "./question-sql.ts";
import { type ReadSessions, STATEMENT_MS, TableChangedError } from "./session.ts";
import { PostgresStats } from "./stats.ts";

/** Somebody may have altered the table, or its references: it is looked at again after so long. In ms. */
const LOOK_AGAIN_MS = 30_000;

/** What is sent at once, at least. In characters. */
const PIECE_LENGTH = 131_072;

/** What follows the log, as far as an archive needs it. */
export interface FollowedPostgres {
  /** The watermark: no row above `latestId` is certain to be followed by no smaller id. */
  position(): Later<LogPosition | undefined>;
  status(): LogStatus;
  /** What to tell who asks once, while it can't be read. */
  refusal(): string;
}

export class PostgresArchive implements LogArchive {
  readonly #followed: FollowedPostgres;
  readonly #sessions: ReadSessions;
  readonly #url: string;
  readonly #stats = new PostgresStats();
  #known: { readonly log: string; readonly atMs: number; readonly table: Promise<LogTable> } | undefined;

  /** @param url of the database, as the operator gave it: what is shown of it has no password */
  constructor(followed: FollowedPostgres, sessions: ReadSessions, url: string) {
    this.#followed = followed;
    this.#sessions = sessions;
    this.#url = url;
  }

  position(): Later<LogPosition | undefined> {
    return this.#followed.position();
  }

  status(): LogStatus {
    return this.#followed.status();
  }

  list({ question, start, limits, budgetMs }: ListRequest, signal: AbortSignal): Promise<ListAnswer> {
    return this.#answer(signal, async (read) => {
      const page: FoundPage =
        start.kind === "at"
          ? await findAround(read, { question, atMs: start.atMs, limits, budgetMs })
          : await findPage(read, {
              question,
              limits,
              deadlineMs: performance.now() + budgetMs,
              ...rangeOf(start, read.position),
            });
      const toJson = rowJson(read.log.columns.map(({ name }) => name));
      return {
        log: read.position.log,
        latestId: read.position.latestId,
        items: Buffer.from(page.rows.map(toJson).join(",")),
        count: page.rows.length,
        next: page.next,
        scannedTo: page.scannedTo,
      };
    });
  }

  event(id: EventId, maxBytes: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array> | undefined> {
    return this.#answer(signal, async (read) => {
      // A row above the watermark is not told of yet.
      const row = id > read.position.latestId ? undefined : await readOne(read, id, maxBytes);
      if (row === undefined) return undefined;
      return streamOf(
        joined(
          rowJsonPieces(
            read.log.columns.map(({ name }) => name),
            row,
          ),
        ),
      );
    });
  }

  stats(request: StatsRequest, signal: AbortSignal): Promise<Stats> {
    return this.#answer(signal, (read) => this.#stats.count(read, request));
  }

  sql(question: Question, signal: AbortSignal): Promise<QuestionSql> {
    return this.#answer(signal, async (read) => questionSql(read, question, this.#url));
  }

  /** The first piece is there before the answer begins, so that what can't be asked is refused. */
  export(question: Question, format: ExportFormat, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const left = new AbortController();
    return this.#answer(AbortSignal.any([signal, left.signal]), async (read) => {
      const pieces = exportRows(read, question, format);
      const first = await pieces.next();
      return streamOf(after(first, pieces), () => left.abort());
    });
  }

  /** Another time where the table was altered meanwhile. */
  async #answer<T>(signal: AbortSignal, work: (read: LogRead) => Promise<T>): Promise<T> {
    const read = await this.#open(signal);
    try {
      return await work(read);
    } catch (error) {
      if (!(error instanceof TableChangedError)) throw error;
      this.#known = undefined;
    }
    try {
      return await work(await this.#open(signal));
    } catch (error) {
      if (!(error instanceof TableChangedError)) throw error;
      this.#known = undefined;
      throw new LogUnavailableError(`The table can't be read: ${error.message}.`);
    }
  }

  /** @throws LogUnavailableError with what is wrong and what to do */
  async #open(signal: AbortSignal): Promise<LogRead> {
    const position = await this.#followed.position();
    if (position === undefined) throw new LogUnavailableError(this.#followed.refusal());
    const status = this.#followed.status();
    const log = await this.#table(position.log, status.table);
    const roles = rolesOf(status);
    const asked = askedTable(log, { roles, zone: status.timeZone, labels: status.labels });
    return { sessions: this.#sessions, signal, log, asked, roles, position, nowMs: Date.now() };
  }

  /** Looked at once for all who ask. It is not ended when one of them leaves. */
  #table(log: string, name: string): Promise<LogTable> {
    const known = this.#known;
    if (known?.log === log && performance.now() - known.atMs < LOOK_AGAIN_MS) return known.table;
    const table = this.#sessions
      .read(new AbortController().signal, STATEMENT_MS, (ask) => readLogTable(ask, name))
      .then((found) => {
        if (typeof found !== "string") return found;
        throw new LogUnavailableError(
          found === "no-table"
            ? `There is no table ${JSON.stringify(name)}.`
            : `${JSON.stringify(name)} has no integer key.`,
        );
      });
    this.#known = { log, atMs: performance.now(), table };
    table.catch(() => {
      if (this.#known?.table === table) this.#known = undefined;
    });
    return table;
  }
}

function rolesOf({ roles }: LogStatus): RoleReadings {
  return roles;
}

/** Nothing is newer than the newest id of the same answer: a stream goes on from exactly there. */
function rangeOf(
  start: Exclude<ListRequest["start"], { kind: "at" }>,
  { startId, latestId }: LogPosition,
): IdRange & { direction: Direction } {
  const direction = start.kind === "before" ? "descending" : "ascending";
  const { before } = start;
  if (before === MIN_EVENT_ID || (start.kind === "after" && start.after === MAX_EVENT_ID))
    return { direction, lowest: 1n, highest: 0n };
  const highest = before === undefined || before > latestId ? latestId : before - 1n;
  const lowest = start.kind === "after" && start.after >= startId ? start.after + 1n : startId;
  return { direction, lowest, highest };
}

/** Many small columns are not a piece each. */
function* joined(pieces: Iterable<string>): Generator<Uint8Array> {
  let text = "";
  for (const piece of pieces) {
    text += piece;
    if (text.length < PIECE_LENGTH) continue;
    yield Buffer.from(text);
    text = "";
  }
  yield Buffer.from(text);
}

async function* after(
  first: IteratorResult<Uint8Array, unknown>,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}

/** @param onCancel who takes it has left */
function streamOf(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  onCancel: () => void = () => undefined,
): ReadableStream<Uint8Array> {
  const iterator =
    Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
  return new ReadableStream(
    {
      pull: async (controller) => {
        const next = await iterator.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      cancel: onCancel,
    },
    { highWaterMark: 0 },
  );
}

/**
 * The worker for long reads: lists, searches, statistics, exports and whole rows, with a read-only connection of its
 * own, so that none of them holds up the streams.
 */
import { parentPort, workerData } from "node:worker_threads";

import { LogUnavailableError, RowTooLargeError } from "../../../archive.ts";
import { messageOf } from "../../../message-of.ts";
import { PanelError } from "../../../panels.ts";
import { QuestionError } from "../../../query/question-error.ts";
import { refusalOf } from "../../problem.ts";
import { openReadOnly } from "../connection.ts";
import { explain } from "../explain.ts";
import { hasHotJournal } from "../journal.ts";
import { PanelCatalog } from "../panels/catalog.ts";
import { createQueryView, QueryError } from "../query-view.ts";
import { EventReader } from "../reader.ts";
import { isTableGone } from "../table-errors.ts";
import { CheckpointGaps } from "./checkpoint-gaps.ts";
import { event } from "./event.ts";
import { exportRows } from "./export.ts";
import { around, list } from "./list.ts";
import { type OpenFile, OpenTable } from "./open-table.ts";
import { panelPage, panelRow, panels } from "./panels.ts";
import {
  type Failure,
  type FromWorker,
  type LongRead,
  type OpenLog,
  sharedNowMs,
  type ToWorker,
  type WorkerSettings,
} from "./protocol.ts";
import { questionSql } from "./question-sql.ts";
import { Scheduler } from "./scheduler.ts";
import { StatsCounter } from "./stats.ts";
import { type Steps, whenReadable } from "./step.ts";

/** How long a slice should take: in the rollback modes it holds a lock that a writer may meet. In ms. */
const SLICE_MS = 4;
const ROLLBACK_SLICE_MS = 1;

/** A permission that is older is asked for again: the next commit may be due. In ms. */
const PERMISSION_MS = 1;

class LongReadWorker {
  readonly #settings: WorkerSettings;
  readonly #scheduler = new Scheduler({
    tell,
    whenAllowed: (slice, wasLocked, isFirst) => this.#whenAllowed(slice, wasLocked, isFirst),
    failureOf: (error) => failureOf(error, this.#settings),
  });
  readonly #stats = new StatsCounter();
  readonly #gaps = new CheckpointGaps();
  #dataVersion: bigint | undefined;
  #file: OpenFile | undefined;
  /** Slices that wait for a permission, the oldest first. */
  readonly #waiting: (() => void)[] = [];

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
  }

  hear(message: ToWorker): void {
    switch (message.kind) {
      case "read":
        return this.#scheduler.add(message.job, this.#steps(message.read, message.log));
      case "pull":
        return this.#scheduler.pull(message.job);
      case "cancel":
        return this.#scheduler.cancel(message.job);
      case "go": {
        const slice = this.#waiting.shift();
        if (slice === undefined) return;
        // Its thread may have waited for a processor, or a transaction has begun: the lock would be met.
        const isLate = sharedNowMs() - message.sentAtMs > PERMISSION_MS;
        return isLate || this.#isInTransaction() ? this.#askFor(slice, false) : slice();
      }
      case "close":
        this.#scheduler.failAll({
          kind: "unavailable",
          message: "The database was opened anew while this was read. Ask again.",
        });
        this.#close();
        return tell({ kind: "closed" });
    }
  }

  *#steps(read: LongRead, log: OpenLog): Steps {
    const table = yield* whenReadable(() => this.#open(log));
    switch (read.kind) {
      case "open":
        return;
      case "list":
        return yield* list(table, read);
      case "around":
        return yield* around(table, read);
      case "event":
        return yield* event(table, read);
      case "stats":
        return yield* this.#stats.count(table, read);
      case "sql":
        return yield* questionSql(table, read, this.#settings);
      case "export":
        return yield* exportRows(table, read);
      case "panels":
        return yield* panels(table, read);
      case "panel-page":
        return yield* panelPage(table, read);
      case "panel-row":
        return yield* panelRow(table, read);
    }
  }

  /** @throws LogUnavailableError where the path leads to another file than the streams read */
  #open(log: OpenLog): OpenTable {
    if (this.#file?.connection.identity !== log.identity) {
      this.#close();
      const connection = openReadOnly(this.#settings.path);
      try {
        if (connection.identity !== log.identity)
          throw new LogUnavailableError("Another file has just taken the place of the database. Ask again.");
        const { query, table } = this.#settings;
        const name = query === undefined ? table : createQueryView(connection.database, query);
        const reader = new EventReader(connection.database, name);
        this.#file = { connection, reader, catalog: new PanelCatalog(connection) };
      } catch (error) {
        connection[Symbol.dispose]();
        throw error;
      }
    }
    this.#file.connection.assertReadable();
    this.#file.reader.findReferences();
    return new OpenTable(this.#file, log, this.#settings, this.#isWal ? SLICE_MS : ROLLBACK_SLICE_MS);
  }

  #close(): void {
    const file = this.#file;
    this.#file = undefined;
    this.#dataVersion = undefined;
    file?.catalog[Symbol.dispose]();
    file?.reader[Symbol.dispose]();
    file?.connection[Symbol.dispose]();
  }

  get #isWal(): boolean {
    return this.#file?.connection.journalMode === "wal";
  }

  #isInTransaction(): boolean {
    return this.#file !== undefined && !this.#isWal && hasHotJournal(this.#file.connection.realPath);
  }

  /** In WAL mode writers are not in the way, but checkpoints would be. */
  #readBetweenGaps(slice: () => void): void {
    this.#noteCommits();
    const pauseMs = this.#gaps.pauseMs(performance.now());
    if (pauseMs > 0) {
      setTimeout(() => this.#readBetweenGaps(slice), Math.ceil(pauseMs));
      return;
    }
    slice();
    this.#gaps.noteRead(performance.now());
  }

  #noteCommits(): void {
    try {
      const dataVersion = this.#file?.connection.dataVersion();
      const isOther = this.#dataVersion !== undefined && dataVersion !== this.#dataVersion;
      if (isOther) this.#gaps.noteCommit(performance.now());
      this.#dataVersion = dataVersion;
    } catch {
      // The slice that follows meets the same error, and tells of it.
    }
  }

  /** In the rollback modes the thread of the streams knows when a slice meets no writer, and after a lock in all. */
  #whenAllowed(slice: () => void, wasLocked: boolean, isFirst: boolean): void {
    if (!this.#isWal || wasLocked) return this.#askFor(slice, wasLocked);
    if (isFirst) slice();
    else this.#readBetweenGaps(slice);
  }

  #askFor(slice: () => void, wasLocked: boolean): void {
    this.#waiting.push(slice);
    tell({ kind: "want", wasLocked });
  }
}

function tell(message: FromWorker, handedOver: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, [...handedOver]);
}

function failureOf(thrown: unknown, { path, table, query }: WorkerSettings): Failure {
  const error = query !== undefined && isTableGone(thrown) ? new QueryError(messageOf(thrown)) : thrown;
  if (error instanceof QuestionError) return { kind: "question", message: error.message, at: error.at };
  if (error instanceof PanelError) {
    const { reason, message, parameter } = error;
    return { kind: "panel", reason, message, parameter };
  }
  if (error instanceof RowTooLargeError)
    return { kind: "too-large", id: error.id, column: error.column, bytes: error.bytes };
  if (error instanceof LogUnavailableError) return { kind: "unavailable", message: error.message };
  const problem = explain(error, path, table);
  // Nothing has failed: the streams wait for it, too.
  if (problem.state !== "error") return { kind: "unavailable", message: refusalOf(problem) };
  return { kind: "error", message: messageOf(error), words: refusalOf(problem) };
}

const settings: WorkerSettings = workerData;
const worker = new LongReadWorker(settings);
parentPort?.on("message", (message: ToWorker) => worker.hear(message));

/** The thread of the worker, as the thread of the streams sees it: asked, heard, and started again when it dies. */
import { Worker } from "node:worker_threads";

import { LogBusyError, LogUnavailableError, RowTooLargeError } from "../../../archive.ts";
import { PanelError } from "../../../panels.ts";
import { partUrl } from "../../../parts.ts";
import { QuestionError } from "../../../query/question-error.ts";
import { Call } from "./call.ts";
import {
  type Failure,
  type FromWorker,
  type LongRead,
  type OpenLog,
  sharedNowMs,
  type ToWorker,
  type WorkerSettings,
} from "./protocol.ts";

/** Reads that may be under way at once. Each gets a slice in turn: with more, none would get on. */
export const MAX_READS = 32;

/** How many of them may be exports, which last. */
export const MAX_EXPORTS = 4;

/** How long the worker may take to let go of the file, before it is ended. In ms. */
const CLOSE_DEADLINE_MS = 500;

const STOPPING = "Tailboard is stopping.";

export interface ThreadTarget {
  /** Calls back when a slice may be read in a rollback mode. */
  readonly whenReadable: (read: () => void) => void;
  /** SQLite has refused a slice. */
  readonly noteLocked: () => void;
  /** A read failed, in words of SQLite or of the system. */
  readonly noteFailure: (message: string) => void;
  /** The worker has died. */
  readonly noteDeath: (reason: string) => void;
}

export class LongReadThread implements Disposable {
  readonly #settings: WorkerSettings;
  readonly #target: ThreadTarget;
  readonly #spawn: (settings: WorkerSettings) => Worker;
  readonly #calls = new Map<number, { readonly call: Call; readonly kind: LongRead["kind"] }>();
  #worker: Worker | undefined;
  #isDisposed = false;
  #lastJob = 0;
  /** Whether the worker may have the file open. */
  #mayBeOpen = false;
  /** One for each time that the worker was told to let go of the file and has not done so yet. */
  readonly #closings: PromiseWithResolvers<void>[] = [];

  /** @param spawn starts the worker */
  constructor(
    settings: WorkerSettings,
    target: ThreadTarget,
    spawn = (workerData: WorkerSettings) =>
      new Worker(partUrl("db/sqlite/long-reads/worker.ts"), { workerData }),
  ) {
    this.#settings = settings;
    this.#target = target;
    this.#spawn = spawn;
  }

  /** How many reads are under way. */
  get size(): number {
    return this.#calls.size;
  }

  /** Has the worker open the file of a log, so that the first read need not wait for it. */
  prepare(log: OpenLog): void {
    // Where that fails, the first read tells why.
    this.begin({ kind: "open" }, log, new AbortController().signal);
  }

  /**
   * Begins a read.
   * @param signal ends it
   * @throws LogBusyError where too many are under way
   */
  begin(read: LongRead, log: OpenLog, signal: AbortSignal): Call {
    if (this.#isDisposed) throw new LogUnavailableError(STOPPING);
    const exports = this.#calls.values().filter(({ kind }) => kind === "export");
    if (this.#calls.size >= MAX_READS)
      throw new LogBusyError(`There are ${MAX_READS} long reads under way, which is the limit.`);
    if (read.kind === "export" && exports.toArray().length >= MAX_EXPORTS)
      throw new LogBusyError(`There are ${MAX_EXPORTS} exports under way, which is the limit.`);
    const job = ++this.#lastJob;
    const worker = this.#running();
    const call = new Call(
      {
        pull: () => tell(worker, { kind: "pull", job }),
        cancel: () => {
          this.#calls.delete(job);
          tell(worker, { kind: "cancel", job });
        },
      },
      signal,
    );
    this.#calls.set(job, { call, kind: read.kind });
    this.#mayBeOpen = true;
    tell(worker, { kind: "read", job, read, log });
    if (signal.aborted) call.cancel();
    return call;
  }

  /**
   * Has the worker let go of the file. What is under way fails.
   * @returns when it did; undefined where it holds nothing
   */
  release(): Promise<void> | undefined {
    const worker = this.#worker;
    if (worker === undefined || !this.#mayBeOpen) return this.#closings.at(-1)?.promise;
    this.#mayBeOpen = false;
    const closing = Promise.withResolvers<void>();
    this.#closings.push(closing);
    // A slice may take long where one value is large.
    const deadline = setTimeout(() => {
      if (this.#worker === worker) this.#replace("it did not let go of the database in time");
    }, CLOSE_DEADLINE_MS);
    void closing.promise.then(() => clearTimeout(deadline));
    tell(worker, { kind: "close" });
    return closing.promise;
  }

  [Symbol.dispose](): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#isDisposed = true;
    this.#failAll(STOPPING);
    void worker?.terminate();
    this.#closeAll();
  }

  #running(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = this.#spawn(this.#settings);
    this.#worker = worker;
    worker.unref();
    worker.on("message", (message: FromWorker) => this.#hear(worker, message));
    worker.on("error", (error: Error) => {
      if (this.#worker === worker) this.#replace(error.message);
    });
    worker.on("exit", () => {
      if (this.#worker === worker) this.#replace("it ended");
    });
    return worker;
  }

  /** The worker is dead, or is given up: the next read starts another one. */
  #replace(reason: string): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#mayBeOpen = false;
    this.#target.noteDeath(reason);
    this.#failAll(
      "The part of the server that reads for such requests ended while it read this, and is started again. Ask again.",
    );
    void worker?.terminate();
    this.#closeAll();
  }

  #closeAll(): void {
    for (const closing of this.#closings.splice(0)) closing.resolve();
  }

  #failAll(message: string): void {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const { call } of calls) call.hearFailure(new LogUnavailableError(message));
  }

  #hear(worker: Worker, message: FromWorker): void {
    if (worker !== this.#worker) return;
    if (message.kind === "want") {
      if (message.wasLocked) this.#target.noteLocked();
      this.#target.whenReadable(() => tell(worker, { kind: "go", sentAtMs: sharedNowMs() }));
      return;
    }
    if (message.kind === "closed") return this.#closings.shift()?.resolve();
    const call = this.#calls.get(message.job)?.call;
    if (call === undefined) return;
    switch (message.kind) {
      case "answer":
        return call.hearAnswer(message.answer);
      case "piece":
        return call.hearPiece(message.bytes);
      case "done":
        this.#calls.delete(message.job);
        return call.hearDone();
      case "failed":
        this.#calls.delete(message.job);
        if (message.failure.kind === "error") this.#target.noteFailure(message.failure.message);
        return call.hearFailure(errorOf(message.failure));
    }
  }
}

function tell(worker: Worker, message: ToWorker): void {
  worker.postMessage(message, []);
}

function errorOf(failure: Failure): Error {
  switch (failure.kind) {
    case "question":
      return new QuestionError(failure.message, failure.at);
    case "panel":
      return new PanelError(failure.reason, failure.message, failure.parameter);
    case "too-large":
      return new RowTooLargeError(failure.id, failure.column, failure.bytes);
    case "unavailable":
      return new LogUnavailableError(failure.message);
    case "error":
      return new LogUnavailableError(failure.words);
  }
}

/** The log in a SQLite file: the tail, and the thread beside it for what takes long. */
import type { PanelChoice } from "../../panels.ts";
import type { LogObserver, LogOptions, OpenedLog } from "../opened-log.ts";
import { Archive } from "./archive.ts";
import { LongReadThread } from "./long-reads/thread.ts";
import { Panels } from "./panel-archive.ts";
import { Tail } from "./tail.ts";

export class SqliteLog implements OpenedLog {
  readonly log: Tail;
  readonly archive: Archive;
  readonly #thread: LongReadThread;

  /** @param options of which `database` is the path of a file, absolute */
  constructor(options: LogOptions, observer: LogObserver) {
    const { database: path, table, query, columns, labels, timeZone: zone, pollIntervalMs } = options;
    this.#thread = new LongReadThread(
      { path, table, query, zone, labels },
      {
        whenReadable: (read) => this.log.whenReadable(read),
        noteLocked: () => this.log.noteLocked(),
        noteFailure: (message) => this.log.noteFailure(message),
        noteDeath: (reason) =>
          observer.onError("reading for requests", reason, {
            hint: "it is started again with the next request",
          }),
      },
    );
    this.log = new Tail(
      {
        path,
        table,
        query,
        reading: { given: columns, zone, labels },
        pollIntervalMs,
        releaseOthers: () => this.#thread.release(),
      },
      {
        onMissingColumn: (missing, names) => observer.onMissingColumn?.(missing, names),
        onState: (state, problem, latestId) => {
          observer.onState(state, problem, latestId);
          // In a turn of its own: the state changes in the middle of an opening.
          if (state === "tailing") setImmediate(() => this.archive.prepare());
        },
        onError: (operation, error, fields) => observer.onError(operation, error, fields),
      },
    );
    this.archive = new Archive(this.log, this.#thread);
  }

  get polls(): OpenedLog["polls"] {
    return this.log.polls;
  }

  get longReads(): number {
    return this.#thread.size;
  }

  panels(choice: PanelChoice): Panels {
    return new Panels(this.log, this.#thread, choice);
  }

  start(): void {
    this.log.start();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.log[Symbol.dispose]();
    this.#thread[Symbol.dispose]();
    return Promise.resolve();
  }
}

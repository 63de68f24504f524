/** The log in a table of PostgreSQL: the tail, and connections of their own for what takes long. */
import type { PanelArchive, PanelChoice } from "../../panels.ts";
import type { LogObserver, LogOptions, OpenedLog } from "../opened-log.ts";
import { PostgresArchive } from "./archive.ts";
import { PostgresTail } from "./live/tail.ts";
import { PostgresPanels } from "./panel-archive.ts";
import { ReadSessions } from "./session.ts";

export class PostgresLog implements OpenedLog {
  readonly log: PostgresTail;
  readonly archive: PostgresArchive;
  readonly #sessions: ReadSessions;

  /** @param options of which `database` is a URL, and `query` is not possible */
  constructor(options: LogOptions, observer: LogObserver) {
    const { database: url, table, columns, labels, timeZone: zone, pollIntervalMs } = options;
    this.#sessions = new ReadSessions(url);
    this.log = new PostgresTail(
      { url, table, reading: { given: columns, zone, labels }, pollIntervalMs },
      observer,
    );
    this.archive = new PostgresArchive(this.log, this.#sessions, url);
  }

  get polls(): OpenedLog["polls"] {
    return this.log.polls;
  }

  get longReads(): number {
    return this.#sessions.size;
  }

  panels(choice: PanelChoice): PanelArchive {
    return new PostgresPanels(this.log, this.#sessions, choice);
  }

  start(): void {
    this.log.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.log[Symbol.dispose]();
    await this.#sessions[Symbol.asyncDispose]();
  }
}

/** Answers what is asked of the tables beside the log. The reading is done by the worker: src/db/long-reads */
import type {
  PanelArchive,
  PanelChoice,
  PanelList,
  PanelPage,
  PanelPageRequest,
  PanelRow,
} from "../panels.ts";
import type { LongReadThread } from "./long-reads/thread.ts";
import { type FollowedLog, openLogOf } from "./open-log.ts";

/** The log, and what the state of its file is called. */
export interface VersionedLog extends FollowedLog {
  readonly dataVersion: string;
}

export class Panels implements PanelArchive {
  readonly #log: VersionedLog;
  readonly #thread: LongReadThread;
  readonly #choice: PanelChoice;

  constructor(log: VersionedLog, thread: LongReadThread, choice: PanelChoice) {
    this.#log = log;
    this.#thread = thread;
    this.#choice = choice;
  }

  /** Looks whether anybody has committed, which is no read of a table beside the log. */
  dataVersion(): string {
    openLogOf(this.#log);
    return this.#log.dataVersion;
  }

  async tables(signal: AbortSignal): Promise<PanelList> {
    const [log, dataVersion] = this.#open();
    const answer = await this.#thread.begin({ kind: "panels", choice: this.#choice }, log, signal).answer;
    if (answer.kind !== "panels") throw unexpected(answer.kind);
    const { tables, missing, omitted } = answer;
    return { tables, missing, omitted, dataVersion };
  }

  async page(request: PanelPageRequest, signal: AbortSignal): Promise<PanelPage> {
    const [log, dataVersion] = this.#open();
    const read = { kind: "panel-page", choice: this.#choice, ...request } as const;
    const answer = await this.#thread.begin(read, log, signal).answer;
    if (answer.kind !== "panel-page") throw unexpected(answer.kind);
    return { ...answer, dataVersion };
  }

  async row(table: string, key: string, signal: AbortSignal): Promise<PanelRow> {
    const [log, dataVersion] = this.#open();
    const read = { kind: "panel-row", choice: this.#choice, table, key } as const;
    const answer = await this.#thread.begin(read, log, signal).answer;
    if (answer.kind !== "panel-row") throw unexpected(answer.kind);
    return { table: answer.table, item: answer.item, dataVersion };
  }

  /** The version is that from before the read: what is read is at least as new, never older. */
  #open() {
    const log = openLogOf(this.#log);
    return [log, this.#log.dataVersion] as const;
  }
}

function unexpected(kind: string): Error {
  return new Error(`reading a table for a request: the worker answered with ${kind}`);
}

/** Answers what is asked of the tables beside the log. The reading is done by the worker: src/db/sqlite/long-reads */
import type {
  PanelArchive,
  PanelChoice,
  PanelList,
  PanelPage,
  PanelPageRequest,
  PanelRow,
} from "../../panels.ts";
import { SharedReads } from "../shared-reads.ts";
import type { Answer, LongRead } from "./long-reads/protocol.ts";
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
  readonly #reads = new SharedReads<Answer>();

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
    const { dataVersion, answer } = await this.#read({ kind: "panels", choice: this.#choice }, signal);
    if (answer.kind !== "panels") throw unexpected(answer.kind);
    const { tables, missing, omitted } = answer;
    return { tables, missing, omitted, dataVersion };
  }

  async page(request: PanelPageRequest, signal: AbortSignal): Promise<PanelPage> {
    const read = { kind: "panel-page", choice: this.#choice, ...request } as const;
    const { dataVersion, answer } = await this.#read(read, signal);
    if (answer.kind !== "panel-page") throw unexpected(answer.kind);
    return { ...answer, dataVersion };
  }

  async row(table: string, key: string, signal: AbortSignal): Promise<PanelRow> {
    const read = { kind: "panel-row", choice: this.#choice, table, key } as const;
    const { dataVersion, answer } = await this.#read(read, signal);
    if (answer.kind !== "panel-row") throw unexpected(answer.kind);
    return { table: answer.table, item: answer.item, dataVersion };
  }

  /** The version is that from before the read: what is read is at least as new, never older. */
  async #read(read: LongRead, signal: AbortSignal): Promise<{ dataVersion: string; answer: Answer }> {
    const log = openLogOf(this.#log);
    const { dataVersion } = this.#log;
    const answer = await this.#reads.read(
      JSON.stringify([dataVersion, read]),
      signal,
      (shared) => this.#thread.begin(read, log, shared).answer,
    );
    return { dataVersion, answer };
  }
}

function unexpected(kind: string): Error {
  return new Error(`reading a table for a request: the worker answered with ${kind}`);
}

/** Keeps the log open, and knows how it is doing: opens it, closes it after an error, and recognises it again. */
import { resolve } from "node:path";

import type { EventId, LogChange, TailState } from "../events.ts";
import { Backoff } from "./backoff.ts";
import { Condition } from "./condition.ts";
import { hasHotJournal } from "./journal.ts";
import { type LogMemory, OpenLog } from "./open-log.ts";
import { isBusy, type Problem } from "./problem.ts";

/** What the owner of the log wants to hear about. */
export interface LogObserver {
  /** Once per change, not once per try. */
  onState(state: TailState, problem: Problem | undefined, latestId: EventId): void;
  onError(operation: string, latestId: EventId, error: unknown): void;
}

/** Between two tries to open the log that notifications ask for. */
const OPEN_PAUSE_MS = 50;

export class LogKeeper implements Disposable {
  readonly path: string;
  readonly condition: Condition;
  readonly #table: string;
  readonly #observer: LogObserver;
  readonly #backoff: Backoff;
  #log: OpenLog | undefined;
  /** The log that was open last, to recognise it again. */
  #memory: LogMemory | undefined;
  /** What there was not since the log was open last, or since the start: all that comes is new. */
  #missing: "file" | "table" | undefined;
  /** When it was tried to open the log last. */
  #triedAtMs = -Infinity;

  /** @param retry to be called when it is time to open the log again, where nothing will announce it */
  constructor(path: string, table: string, observer: LogObserver, retry: () => void) {
    this.path = resolve(path);
    this.#table = table;
    this.#observer = observer;
    this.#backoff = new Backoff(retry);
    this.condition = new Condition((state, problem) => observer.onState(state, problem, this.latestId));
  }

  /** Undefined while it can't be read. */
  get log(): OpenLog | undefined {
    return this.#log;
  }

  get realPath(): string {
    return this.#log?.realPath ?? this.path;
  }

  get latestId(): EventId {
    return this.#log?.latestId ?? this.#memory?.latestId ?? 0n;
  }

  get wasTriedJustNow(): boolean {
    return performance.now() - this.#triedAtMs < OPEN_PAUSE_MS;
  }

  /** Whether a transaction of a rollback mode is under way, or was left unfinished: until it is open it may be one. */
  hasHotJournal(): boolean {
    return this.#log?.isWal !== true && hasHotJournal(this.realPath);
  }

  /** @returns what became of the log; undefined when it can't be opened */
  open(): Exclude<LogChange, { kind: "commit" }> | undefined {
    this.#triedAtMs = performance.now();
    let log: OpenLog;
    try {
      log = OpenLog.open(this.path, this.#table, this.#memory);
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
    this.#log = log;
    this.#backoff.reset();
    this.condition.noteWell();
    const missing = this.#missing;
    this.#missing = undefined;
    const position = log.position();
    if (log.replaces === undefined)
      // Where the same log came back, who has no cursor starts where it was left.
      return { kind: "opened", fresh: missing !== undefined && this.#memory === undefined, position };
    return { kind: "reset", reason: missing === "table" ? "table-recreated" : log.replaces, position };
  }

  /** Closes the log after an error, to be opened again at the next occasion. */
  closeAfter(operation: string, error: unknown): void {
    this.#observer.onError(operation, this.latestId, error);
    this.close();
    this.#fail(error);
  }

  /** All handles go: an old one beside a new one would bring back what a lost `-shm` knew. */
  close(): void {
    if (this.#log === undefined) return;
    const log = this.#log;
    this.#memory = log.memory();
    this.#log = undefined;
    try {
      log[Symbol.dispose]();
    } catch (error) {
      this.#observer.onError("closing the database", this.latestId, error);
    }
  }

  [Symbol.dispose](): void {
    this.#backoff[Symbol.dispose]();
    this.close();
  }

  #fail(error: unknown): void {
    if (isBusy(error)) {
      this.condition.noteBusy();
      this.#backoff.schedule();
      return;
    }
    const state = this.condition.noteFailure(error, this.path, this.#table);
    if (state === "waiting-for-file") this.#missing = "file";
    if (state === "waiting-for-table") this.#missing ??= "table";
    if (state === "error") this.#backoff.schedule();
  }
}

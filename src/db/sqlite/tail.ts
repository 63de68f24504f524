/**
 * Follows a table that other processes write to: opens the file when it is there, notices commits, recognises
 * another log in its place, and tells who listens. The table is polled at every poll interval, come what may;
 * everything else only makes it sooner.
 */
import {
  type Cursor,
  type EventId,
  type EventLog,
  type Filter,
  type LogChange,
  type LogPosition,
  type LogStatus,
  type Page,
  type PageLimits,
  type Unsubscribe,
} from "../../events.ts";
import { QuestionError } from "../../query/question-error.ts";
import type { Question } from "../../question.ts";
import { DataVersion } from "../data-version.ts";
import { Listeners } from "../listeners.ts";
import type { LogObserver, PollCause } from "../opened-log.ts";
import { fullAdvice, refusalOf } from "../problem.ts";
import { readingStatus } from "../reading.ts";
import { isBusy } from "./busy.ts";
import { CommitWatch } from "./commit-watch.ts";
import { Condition } from "./condition.ts";
import { DamageCheck } from "./damage-check.ts";
import { DatabaseFile } from "./database-file.ts";
import type { FollowedTable } from "./followed-table.ts";
import { explainSlow, LookPace } from "./look-pace.ts";
import type { Look } from "./look.ts";
import type { VersionedLog } from "./panel-archive.ts";
import { statOf } from "./stat.ts";
import { StreamFilter } from "./stream-filter.ts";
import { StreamFilters } from "./stream-filters.ts";
import { isTableGone } from "./table-errors.ts";
import { type TableChoice, TableInFile } from "./table-in-file.ts";

export interface TailOptions extends TableChoice {
  readonly path: string;
  readonly pollIntervalMs: number;
  /**
   * Has others let go of the file before it is opened anew: an old handle beside a new one would bring back what a
   * lost `-shm` knew. Returns undefined where nobody holds it.
   */
  readonly releaseOthers?: () => Promise<void> | undefined;
}

export class Tail implements EventLog, VersionedLog, Disposable {
  readonly polls: Record<PollCause, number> = { interval: 0, commit: 0, recheck: 0 };
  readonly #options: TailOptions;
  readonly #observer: LogObserver;
  readonly #file: DatabaseFile;
  readonly #followed: TableInFile;
  readonly #commits: CommitWatch;
  readonly #damage: DamageCheck;
  readonly #listeners: Listeners;
  readonly #filters = new StreamFilters();
  readonly #dataVersion = new DataVersion();
  readonly #pace = new LookPace();
  #pollTimer: Timer | undefined;

  constructor(options: TailOptions, observer: LogObserver) {
    this.#options = options;
    this.#observer = observer;
    const condition = new Condition(
      (state, problem) => observer.onState(state, problem, this.#followed.latestId),
      () => this.#file.gate.whenOpen("live", () => this.#lookForLock()),
    );
    this.#file = new DatabaseFile(options.path, condition, () => this.#open(), options.releaseOthers);
    this.#followed = new TableInFile(this.#file, options);
    this.#commits = new CommitWatch({
      look: (cause) => this.#poll(cause),
      tick: () => this.#tick(),
      isWal: () => this.#file.isWal,
      whenReadable: (look) => this.#file.gate.whenOpen("live", look),
      onWatchError: (error) => this.#tellOfError("watching the directory", error),
    });
    this.#damage = new DamageCheck({
      path: options.path,
      read: (connection) => this.#followed.readBeside(connection),
      whenReadable: (check) => this.#file.gate.whenOpen("live", check),
      onDamage: (error) => {
        if (this.#table !== undefined) this.#closeAfter("opening the database once more", error);
      },
    });
    this.#listeners = new Listeners((someListen) => this.#commits.setListening(someListen));
  }

  /** Opens the table, or begins to wait for it. */
  start(): void {
    this.#commits.watchDirectory(this.#file.realPath);
    this.#open();
    this.#pollTimer = setInterval(() => this.#onInterval(), this.#options.pollIntervalMs);
  }

  position(): LogPosition | undefined {
    this.lookNow();
    return this.#table?.position();
  }

  /**
   * Looks at the table, unless nobody has written to it.
   * @returns whether all that is committed was seen; false where a writer is in the way, or nothing is open
   */
  lookNow(): boolean {
    const { condition, gate } = this.#file;
    // Whoever asks often must not meet a writer more often: no lock where nothing was written, or is being written.
    if (this.#isUntouched) return true;
    if (!gate.admits("live")) return false;
    this.#look(false);
    return this.#table !== undefined && !condition.isBusy;
  }

  /** What the state of the file is called, as of the last look. */
  get dataVersion(): string {
    return this.#dataVersion.name;
  }

  resumePoint(cursor: Cursor): EventId | undefined {
    return this.#table?.resumePoint(cursor);
  }

  filter(question: Question): Filter {
    const filter = this.#filters.use(question);
    try {
      if (this.#file.gate.admits("backlog")) this.#table?.pages.check(filter);
      return filter;
    } catch (error) {
      // What is wrong with the file is told by the next look: the stream waits, like any other.
      if (!(error instanceof QuestionError)) return filter;
      filter.release();
      throw error;
    }
  }

  readAfter(cursor: EventId, limits: PageLimits, asked?: Filter): Page | "later" {
    const table = this.#table;
    if (table === undefined) return "later";
    // Nothing is read beyond what was seen: no lock, and nothing to wait for.
    if (cursor >= table.latestId) return table.pages.end;
    const kind = table.pages.recent.isLive(cursor) ? "live" : "backlog";
    const { gate } = this.#file;
    if (gate.admits(kind)) {
      try {
        if (!(asked instanceof StreamFilter)) return table.pages.after(cursor, limits);
        const batch = this.#filters.batchOf(asked);
        return table.pages.matching(cursor, limits, asked, batch);
      } catch (error) {
        if (error instanceof QuestionError) throw error;
        if (!this.#noteFailedRead("reading after a cursor", error)) throw error;
      }
    }
    gate.wait(kind, this.#tellOfCommit);
    return "later";
  }

  openLog(): ReturnType<VersionedLog["openLog"]> {
    const table = this.#table;
    if (table === undefined) return undefined;
    return { identity: table.fileIdentity, roles: table.roles.readings, times: table.roles.times };
  }

  /** Calls back when a backlog may be read: for those who read beside the streams. */
  whenReadable(read: () => void): void {
    this.#file.gate.whenOpen("backlog", read);
  }

  /** SQLite has refused a read beside the streams. */
  noteLocked(): void {
    this.#file.noteLocked();
  }

  /** A read beside the streams failed: whether the file can still be followed is for a look to find out. */
  noteFailure(message: string): void {
    this.#tellOfError("reading for a request", new Error(message));
    this.#commits.lookSoon();
    this.#damage.soon();
  }

  onChange(listener: (change: LogChange) => void): Unsubscribe {
    return this.#listeners.add(listener);
  }

  refusal(): string {
    return refusalOf(this.#file.condition.problem);
  }

  status(): LogStatus {
    const { condition, path, journalMode } = this.#file;
    const { reading, pollIntervalMs } = this.#options;
    return {
      state: condition.state,
      problem: condition.problem?.problem ?? null,
      advice: condition.problem === undefined ? null : fullAdvice(condition.problem),
      database: { path, sizeBytes: statOf(path)?.size ?? null, journalMode },
      table: this.#followed.name,
      ...readingStatus(reading, this.#table?.roles.readings),
      eventsPerSecond: this.#table?.rate.perSecond() ?? 0,
      pollIntervalMs,
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#pollTimer);
    this.#commits[Symbol.dispose]();
    this.#damage[Symbol.dispose]();
    this.#close();
    this.#file[Symbol.dispose]();
    this.#listeners.clear();
  }

  /** Undefined while the file or the table can't be read. */
  get #table(): FollowedTable | undefined {
    return this.#followed.current;
  }

  /**
   * Whether a look would find nothing new, as far as that can be told without a lock. Who holds the file for long may
   * let go of it without having written.
   */
  get #isUntouched(): boolean {
    return this.#file.condition.state !== "locked" && this.#file.isUntouched();
  }

  /** The poll of the table, which needs no notification to work. */
  #onInterval(): void {
    this.#commits.watchDirectory(this.#file.realPath);
    this.#file.gate.whenOpen("live", () => {
      const wasUntouched = this.#file.isUntouched();
      if (this.#poll("interval")) this.#commits.noteUnannouncedRows();
      // Without new rows too: the poll is for every subscriber, whatever may have been missed. Where nobody has
      // written to the file there is nothing to miss, and in the rollback modes a lock less for a writer to meet.
      else if (!wasUntouched) this.#tellOfCommit();
    });
  }

  /** Looks without a notification, while somebody listens. @returns whether there were new rows */
  #tick(): boolean {
    this.#commits.watchDirectory(this.#file.realPath);
    const { gate, condition } = this.#file;
    if (!gate.admits("live")) return false;
    // What is wrong with a file takes longer to go away: a notification or the back-off tries again.
    if (this.#table === undefined) return condition.state === "error" ? false : this.#open();
    if (!this.#file.hasSameFiles()) return this.#open();
    // No lock where none is needed: in the rollback modes a writer could meet it.
    if (this.#isUntouched || (!this.#commits.isDeaf && gate.isCommitDue)) return false;
    return this.#poll("recheck");
  }

  /** Looks at the table once, or tries to open it. @returns whether there were new rows */
  #poll(cause: PollCause): boolean {
    this.polls[cause]++;
    const isThorough = cause === "interval";
    if (this.#table !== undefined && !(isThorough && !this.#file.hasSameFiles()))
      return this.#look(isThorough);
    // Trying to open touches the files, as root, which is a notification again.
    return isThorough || !this.#file.wasTriedJustNow ? this.#open() : false;
  }

  /** @returns whether there were new rows */
  #look(isThorough: boolean): boolean {
    const table = this.#table;
    if (table === undefined) return false;
    const startedAtMs = performance.now();
    if (this.#pace.isResting(startedAtMs)) return false;
    let look: Look;
    try {
      look = this.#file.look(() => table.look(isThorough));
    } catch (error) {
      // Nothing has failed: to open it tells what is missing now, and what there is in its place.
      if (isTableGone(error)) return this.#open();
      if (isBusy(error)) this.#file.noteLocked();
      else this.#closeAfter("looking for new events", error);
      return false;
    }
    const nowMs = performance.now();
    this.#pace.note(nowMs - startedAtMs, nowMs);
    this.#noteRead();
    return this.#follow(look, table);
  }

  /** Tells what a look found. @returns whether there were new rows */
  #follow(look: Look, table: FollowedTable): boolean {
    const { gate } = this.#file;
    if (look.kind !== "unchanged") this.#noteTouched();
    switch (look.kind) {
      case "rows":
        gate.noteCommit();
        this.#tellOfCommit();
        return true;
      case "replaced":
        gate.noteCommit();
        this.#listeners.tell({ ...look, kind: "reset", position: table.position() });
        return true;
      case "touched":
        gate.noteCommit();
        // Right after a commit, to whatever table, is the time for a backlog that waits for it.
        if (gate.isWaitedFor) this.#tellOfCommit();
        return false;
      case "unchanged":
        return false;
    }
  }

  /**
   * Opens the file and the table, in place of what is open.
   * @returns whether there may be new rows
   */
  #open(): boolean {
    this.#close();
    if (!this.#file.isReleased()) return false;
    let opened: ReturnType<TableInFile["open"]>;
    try {
      opened = this.#followed.open();
    } catch (error) {
      this.#noteUnopened(error);
      return false;
    }
    const { table, change } = opened;
    this.#noteTouched();
    for (const missing of table.roles.missing(table.reader))
      this.#observer.onMissingColumn?.(missing, table.reader.table.columns);
    this.#file.backoff.reset();
    this.#noteRead();
    this.#commits.watchDirectory(this.#file.realPath);
    this.#listeners.tell(change);
    if (change.kind === "opened") this.#look(false);
    return true;
  }

  #close(): void {
    try {
      this.#followed.close();
    } catch (error) {
      this.#tellOfError("closing the database", error);
    }
  }

  /** The file can't be followed any more: it is opened again at the next occasion. */
  #closeAfter(operation: string, error: unknown): void {
    this.#tellOfError(operation, error);
    this.#close();
    this.#noteUnopened(error);
  }

  #noteUnopened(error: unknown): void {
    if (isBusy(error)) {
      this.#file.noteLocked();
      return this.#file.backoff.schedule();
    }
    const state = this.#file.condition.noteFailure(error, this.#file.path, this.#options.table);
    this.#followed.noteUnopened(state);
    if (state === "error") this.#file.backoff.schedule();
  }

  /** A writer has been met: whether it still holds the file is seen now, whatever else has just been tried. */
  #lookForLock(): void {
    if (this.#table === undefined) this.#open();
    else this.#poll("recheck");
  }

  #noteRead(): void {
    const { slowMs } = this.#pace;
    const flaw =
      slowMs === undefined
        ? undefined
        : explainSlow(this.#table?.reader.table.name ?? this.#options.table, slowMs);
    this.#file.noteRead(flaw);
  }

  /**
   * A read failed. Whether the file can still be followed is for a look to find out, and for one that does not read from
   * the cache: one damaged page is no reason to close it at every request for that page.
   * @returns whether the same question will be answered soon
   */
  #noteFailedRead(operation: string, error: unknown): boolean {
    if (isBusy(error)) {
      this.#file.noteLocked();
      return true;
    }
    if (isTableGone(error)) {
      this.#commits.lookSoon();
      return true;
    }
    this.#tellOfError(operation, error);
    this.#commits.lookSoon();
    this.#damage.soon();
    return false;
  }

  #tellOfError(operation: string, error: unknown): void {
    this.#observer.onError(operation, error, { latestId: String(this.#followed.latestId) });
  }

  /** Somebody has committed, to whatever table of the file, or it is another file. */
  #noteTouched(): void {
    this.#dataVersion.advance();
    this.#listeners.tell({ kind: "touched", dataVersion: this.#dataVersion.name });
  }

  /** The same function each time, so that the gate runs it once for all readers who wait. */
  readonly #tellOfCommit = (): void => {
    this.#listeners.tell({ kind: "commit", latestId: this.#followed.latestId });
  };
}

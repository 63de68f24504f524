/** An open log: a connection, its reader, and the marks by which another log in its place is recognised. */
import { type EventId, type LogPosition, MIN_EVENT_ID, type Page, type ResetReason } from "../events.ts";
import { type Connection, openReadOnly } from "./connection.ts";
import { LogFiles } from "./log-files.ts";
import { EventReader, type Fingerprint } from "./reader.ts";
import { WriteRhythm } from "./write-rhythm.ts";

/** New rows are counted for the rate up to this many at a time; beyond it the rate is too low for a moment. */
const COUNT_LIMIT_ROWS = 10_000;

/** The newest row that was seen: whether it is still the same one tells whether cursors still mean what they meant. */
export interface Landmark {
  readonly id: EventId;
  readonly fingerprint: Fingerprint;
}

/** What remains of a log when it is closed. */
export interface LogMemory {
  readonly identity: string;
  /** Identity of the file alone. */
  readonly file: string;
  readonly latestId: EventId;
  /** Undefined where the newest row was deleted, or there was none. */
  readonly landmark: Landmark | undefined;
  readonly wasEmpty: boolean;
}

export class OpenLog implements Disposable {
  readonly identity: string;
  /** The cursor below the smallest id that there was when the log was opened. */
  readonly startId: EventId;
  /** Set when the log took the place of another: why cursors of that one mean nothing here. */
  readonly replaces: ResetReason | undefined;
  readonly reader: EventReader;
  readonly #connection: Connection;
  readonly #files: LogFiles;
  readonly #rhythm = new WriteRhythm();
  /** The last write to the file, before the last look. */
  #writtenBefore = "";
  #latestId: EventId;
  /** The newest id before the rows that were found last: whoever has it follows live. */
  #latestIdBefore: EventId;
  #landmark: Landmark | undefined;
  #dataVersion: bigint;

  private constructor(
    path: string,
    connection: Connection,
    reader: EventReader,
    before: LogMemory | undefined,
  ) {
    this.#connection = connection;
    this.reader = reader;
    const bounds = reader.bounds();
    const smallestId = bounds?.smallestId ?? 1n;
    this.startId = smallestId > MIN_EVENT_ID ? smallestId - 1n : MIN_EVENT_ID;
    this.#latestId = bounds?.latestId ?? this.startId;
    // Rows that were deleted are behind the cursors that they left.
    const largestEver = reader.autoincrement();
    if (largestEver !== undefined && largestEver > this.#latestId) this.#latestId = largestEver;
    this.#dataVersion = connection.dataVersion();
    this.identity = Bun.hash(`${connection.identity}:${reader.table.name}`).toString(36);
    if (before !== undefined) {
      this.replaces = this.#comparedWith(before);
      if (this.replaces === undefined) {
        // The same rows, whatever happened to the file: subscribers go on where they are.
        this.identity = before.identity;
        this.#latestId = before.latestId;
      } else if (this.#connection.identity === before.file) {
        // The same file, and yet another log: a client that was away must be able to tell.
        this.identity = Bun.hash(`${this.identity}:${crypto.randomUUID()}`).toString(36);
      }
    }
    this.#latestIdBefore = this.#latestId;
    this.#landmark = this.#markAt(this.#latestId);
    this.#files = new LogFiles(path, connection.realPath, connection.inode);
  }

  /**
   * @param before the log that was open before under this path
   * @throws FileError, TableMissingError, NoIntegerKeyError, or SQLiteError
   */
  static open(path: string, table: string, before: LogMemory | undefined): OpenLog {
    const connection = openReadOnly(path);
    let reader: EventReader | undefined;
    try {
      reader = new EventReader(connection.database, table);
      return new OpenLog(path, connection, reader, before);
    } catch (error) {
      reader?.[Symbol.dispose]();
      connection[Symbol.dispose]();
      throw error;
    }
  }

  /** The newest id that was seen. */
  get latestId(): EventId {
    return this.#latestId;
  }

  get realPath(): string {
    return this.#connection.realPath;
  }

  get isWal(): boolean {
    return this.#connection.journalMode === "wal";
  }

  get journalMode(): string {
    return this.#connection.journalMode;
  }

  position(): LogPosition {
    return { identity: this.identity, latestId: this.#latestId, startId: this.startId };
  }

  memory(): LogMemory {
    return {
      identity: this.identity,
      file: this.#connection.identity,
      latestId: this.#latestId,
      landmark: this.#landmark,
      wasEmpty: this.#latestId === this.startId,
    };
  }

  /**
   * Looks for new rows.
   * @param thorough compares the landmark too where nothing seems to have happened
   * @returns how many there were (counted up to a limit), or "replaced" when the rows are not those that were
   * @throws SQLiteError, when a writer holds the file among others
   */
  look(thorough: boolean): number | "replaced" {
    const lastWrite = this.isWal ? "" : this.#files.lastWrite();
    const found = this.reader.atOnce(() => this.#look(thorough));
    // A look that met a lock has seen nothing.
    this.#writtenBefore = lastWrite;
    return found;
  }

  #look(thorough: boolean): number | "replaced" {
    const dataVersion = this.#connection.dataVersion();
    const changed = dataVersion !== this.#dataVersion;
    this.#dataVersion = dataVersion;
    if (changed) this.#rhythm.committed(performance.now());
    const newestId = this.reader.latestId();
    if (newestId !== undefined && newestId > this.#latestId) {
      if (!this.#isSame(newestId)) return "replaced";
      const count = this.reader.countAfter(this.#latestId, COUNT_LIMIT_ROWS);
      this.#latestIdBefore = this.#latestId;
      this.#latestId = newestId;
      this.#landmark = this.#markAt(newestId);
      return count;
    }
    return (thorough || changed) && !this.#isSame(newestId) ? "replaced" : 0;
  }

  /**
   * The rows after a cursor. Never beyond the newest id that was seen: a subscriber that is ahead of the landmark
   * would miss that the row under its cursor has become another one.
   */
  readAfter(cursor: EventId, limitRows: number): Page {
    return this.reader.readAfter(cursor, this.#latestId, limitRows);
  }

  /**
   * For how long a reader of a backlog should wait, so that it meets no writer; 0 always in WAL mode, where none is
   * met, and for who follows live: those pages are as short as a look.
   */
  readPauseMs(cursor: EventId): number {
    return this.isWal || cursor >= this.#latestIdBefore ? 0 : this.#rhythm.pauseMs(performance.now());
  }

  /** Whether a writer is about to commit, by the rhythm of the last commits. */
  get isCommitDue(): boolean {
    return !this.isWal && this.#rhythm.pauseMs(performance.now()) > 0;
  }

  /**
   * Whether nobody has written to the file since the last look, as far as that can be told without a lock. In the
   * rollback modes every commit writes to it.
   */
  isUntouched(): boolean {
    return !this.isWal && this.#files.lastWrite() === this.#writtenBefore;
  }

  /** Whether the path still leads to the files that are open. */
  hasSameFiles(): boolean {
    return this.#files.areSame();
  }

  [Symbol.dispose](): void {
    this.reader[Symbol.dispose]();
    this.#connection[Symbol.dispose]();
  }

  /** Whether the row at the landmark is the one that it was. */
  #isSame(newestId: EventId | undefined): boolean {
    const landmark = this.#landmark;
    if (landmark === undefined)
      return newestId === undefined || newestId >= this.#latestId || this.#idsNeverReturn();
    const fingerprint = this.reader.fingerprint(landmark.id);
    if (fingerprint !== undefined && fingerprint.columns !== landmark.fingerprint.columns) {
      // The table has other columns now: an ALTER TABLE leaves the rows what they are.
      this.#landmark = this.#markAt(landmark.id);
      return true;
    }
    if (fingerprint?.hash === landmark.fingerprint.hash) return true;
    // It was deleted. With AUTOINCREMENT its id is never given again, and nothing is lost.
    if (fingerprint !== undefined || !this.#idsNeverReturn()) return false;
    this.#landmark = undefined;
    return true;
  }

  /** AUTOINCREMENT remembers the largest id that ever was; after a restore or a DROP it remembers a smaller one. */
  #idsNeverReturn(): boolean {
    const largestEver = this.reader.autoincrement();
    return largestEver !== undefined && largestEver >= this.#latestId;
  }

  #markAt(id: EventId): Landmark | undefined {
    const fingerprint = this.reader.fingerprint(id);
    return fingerprint === undefined ? undefined : { id, fingerprint };
  }

  /** Why the cursors of the log that was open before mean nothing in this one, if so. */
  #comparedWith(before: LogMemory): ResetReason | undefined {
    const isOtherFile = this.#connection.identity !== before.file;
    if (before.landmark === undefined && isOtherFile) return before.wasEmpty ? undefined : "file-replaced";
    const newestId = this.#latestId;
    this.#latestId = before.latestId;
    this.#landmark = before.landmark;
    // In another file a row that is missing was not deleted: it never was there.
    const same = isOtherFile
      ? this.reader.fingerprint(before.latestId)?.hash === before.landmark?.fingerprint.hash
      : this.#isSame(newestId);
    this.#latestId = newestId;
    if (same) return undefined;
    return isOtherFile ? "file-replaced" : "rows-replaced";
  }
}

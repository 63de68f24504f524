/** A table that is followed: what of it was seen, and whether the rows are still those that were delivered. */
import {
  type Cursor,
  type EventId,
  type LogPosition,
  MIN_EVENT_ID,
  type Page,
  type PageLimits,
  type ResetReason,
} from "../events.ts";
import type { Connection } from "./connection.ts";
import { compare, distancesOf, isIdentical, type Landmark, Landmarks } from "./landmarks.ts";
import { LogNames } from "./log-names.ts";
import { Rate } from "./rate.ts";
import { EventReader } from "./reader.ts";
import { PLAIN_READING, type Reading, RoleWatch } from "./role-watch.ts";

/** New rows are counted for the rate up to this many at a time; beyond it the rate is too low for a moment. */
const COUNT_LIMIT_ROWS = 10_000;

/** What a look at the table found. */
export type Look =
  /** There are newer rows. */
  | { readonly kind: "rows" }
  /** Nobody has written to the file. */
  | { readonly kind: "unchanged" }
  /** Somebody has written to the file: to another table, or to rows that were delivered. */
  | { readonly kind: "touched" }
  /** Rows after an id are other rows now, or gone: cursors beyond it go back to it. */
  | { readonly kind: "replaced"; readonly reason: ResetReason; readonly resumedFrom: EventId };

/** What is remembered of a table while the file is not open. */
export interface TableMemory {
  /** The file that it was in. */
  readonly fileId: string;
  readonly names: LogNames;
  readonly landmarks: Landmarks;
  readonly latestId: EventId;
  readonly wasEmpty: boolean;
  readonly rate: Rate;
}

export class FollowedTable implements Disposable {
  readonly reader: EventReader;
  readonly rate: Rate;
  readonly roles: RoleWatch;
  readonly #connection: Connection;
  readonly #names: LogNames;
  readonly #landmarks: Landmarks;
  #dataVersion: bigint;
  #latestId: EventId;
  /** The newest id before the rows that were found last: whoever has it follows live. */
  #latestIdBefore: EventId;
  /** The cursor below the smallest id. */
  #startId: EventId;

  private constructor(
    connection: Connection,
    reader: EventReader,
    memory: TableMemory | undefined,
    reading: Reading,
  ) {
    this.#connection = connection;
    this.reader = reader;
    this.roles = new RoleWatch(reading);
    this.roles.review(reader);
    this.#dataVersion = connection.dataVersion();
    const bounds = reader.bounds();
    if (bounds !== undefined) reader.checkIds(bounds.oldestId - 1n);
    this.#startId = this.#startBefore(bounds?.oldestId);
    // Clients may hold the ids of rows that were deleted, so the largest id that was ever given counts.
    this.#latestId = max(bounds?.latestId ?? this.#startId, reader.autoincrement());
    this.#names = memory?.names ?? new LogNames(this.#nameBase());
    this.#landmarks = memory?.landmarks ?? new Landmarks();
    this.rate = memory?.rate ?? new Rate();
    this.#latestIdBefore = this.#latestId;
    if (memory === undefined) this.#setLandmarks(this.#startId);
  }

  /**
   * @param memory of the table that was followed before under this name
   * @param reading how its columns are to be read
   * @returns the table, and what became of the rows that are remembered
   * @throws TableMissingError, NoIntegerKeyError, or SQLiteError
   */
  static open(
    connection: Connection,
    name: string,
    memory: TableMemory | undefined,
    reading: Reading = PLAIN_READING,
  ): { table: FollowedTable; look: Look } {
    const reader = new EventReader(connection.database, name);
    try {
      return reader.inReadTransaction(() => {
        const table = new FollowedTable(connection, reader, memory, reading);
        const look: Look = memory === undefined ? { kind: "unchanged" } : table.#recognise(memory);
        return { table, look };
      });
    } catch (error) {
      reader[Symbol.dispose]();
      throw error;
    }
  }

  /** The newest id that was seen. */
  get latestId(): EventId {
    return this.#latestId;
  }

  position(): LogPosition {
    return { log: this.#names.current, latestId: this.#latestId, startId: this.#startId };
  }

  /** As in `EventLog`. */
  resumePoint(cursor: Cursor): EventId | undefined {
    return this.#names.resumePoint(cursor);
  }

  memory(): TableMemory {
    return {
      fileId: this.#connection.identity,
      names: this.#names,
      landmarks: this.#landmarks,
      latestId: this.#latestId,
      wasEmpty: this.#latestId === this.#startId && this.#landmarks.newest === undefined,
      rate: this.rate,
    };
  }

  /**
   * Looks for new rows.
   * @param thorough compares the landmarks too where nothing seems to have happened
   * @throws SQLiteError, when a writer holds the file among others
   */
  look(thorough: boolean): Look {
    return this.reader.inReadTransaction(() => {
      const dataVersion = this.#connection.dataVersion();
      const wasTouched = dataVersion !== this.#dataVersion;
      this.#dataVersion = dataVersion;
      const newestId = this.reader.latestId();
      const hasRows = newestId !== undefined && newestId > this.#latestId;
      if (!hasRows && !wasTouched && !thorough) return { kind: "unchanged" };

      // In a view the smallest id may take a scan.
      if (thorough || this.reader.table.kind !== "view")
        this.#startId = this.#startBefore(this.reader.oldestId());
      const lastSameId = this.#lastSameId(newestId, true);
      if (lastSameId !== undefined) return this.#goBack(lastSameId, newestId, "rows-replaced");
      if (wasTouched) this.roles.noteTouched();
      if (hasRows) this.#advance(newestId);
      this.roles.review(this.reader);
      if (hasRows) return { kind: "rows" };
      return { kind: wasTouched ? "touched" : "unchanged" };
    });
  }

  /** Whether who has this cursor follows live: its next page holds what came with the last commit. */
  isLive(cursor: EventId): boolean {
    return cursor >= this.#latestIdBefore;
  }

  /**
   * The rows after a cursor. Never beyond the newest id that was seen: a subscriber that is ahead of the landmarks
   * would miss that the row under its cursor has become another one.
   */
  readAfter(cursor: EventId, limits: PageLimits): Page {
    this.#connection.assertReadable();
    return this.reader.inReadTransaction(() => {
      const read = this.reader.readAfter(cursor, this.#latestId, limits);
      const page = { log: this.#names.current, ...read };
      const firstId = read.rows[0]?.id;
      if (firstId === undefined || firstId === cursor + 1n || this.isLive(cursor)) return page;
      // Ids have gaps of their own. Rows were deleted at the old end where not even the cursor's own row is left.
      const oldestId = this.reader.oldestId();
      return oldestId !== undefined && oldestId > cursor && cursor !== 0n ? { ...page, oldestId } : page;
    });
  }

  /** The rows up to an id and with it, newest first. */
  readUpTo(id: EventId, limits: PageLimits): Page {
    this.#connection.assertReadable();
    return { log: this.#names.current, ...this.reader.readUpTo(id, limits) };
  }

  /** One row whole. Throws like `EventReader.readOne`. */
  readOne(id: EventId, maxBytes: number): Page {
    this.#connection.assertReadable();
    return { log: this.#names.current, ...this.reader.readOne(id, maxBytes) };
  }

  /** A page without rows: the end of the log. */
  get end(): Page {
    return { log: this.#names.current, columns: [], rows: [], hasMore: false };
  }

  [Symbol.dispose](): void {
    this.reader[Symbol.dispose]();
  }

  /** Newer rows were found. */
  #advance(newestId: EventId): void {
    const before = this.#latestId;
    this.reader.checkIds(before);
    // Nearly every commit has one row: then there is nothing to count.
    this.#noteRows(newestId === before + 1n ? 1 : this.reader.countAfter(before, COUNT_LIMIT_ROWS));
    this.#latestIdBefore = before;
    this.#latestId = newestId;
    this.#setLandmarks(before);
  }

  #noteRows(count: number): void {
    this.rate.add(count);
    this.roles.noteRows(count);
  }

  /** Rows after an id are not those that were delivered. */
  #goBack(lastSameId: EventId, newestId: EventId | undefined, reason: ResetReason): Look {
    this.#landmarks.dropAfter(lastSameId);
    if (lastSameId === this.#startId) this.#names.replaceAll(this.#nameBase());
    else this.#names.replaceAfter(lastSameId, this.#nameBase());
    this.#noteRows(this.reader.countAfter(lastSameId, COUNT_LIMIT_ROWS));
    this.#latestIdBefore = lastSameId;
    this.#latestId = max(newestId ?? this.#startId, this.reader.autoincrement());
    this.#setLandmarks(lastSameId);
    return { kind: "replaced", reason, resumedFrom: lastSameId };
  }

  /** Compares what is remembered with the table that was just opened. */
  #recognise(memory: TableMemory): Look {
    const isSameFile = this.#connection.identity === memory.fileId;
    const reason = isSameFile ? "rows-replaced" : "file-replaced";
    const newestId = this.#latestId;
    // Nothing of an empty log was delivered.
    if (memory.wasEmpty && !isSameFile) this.#latestId = this.#startId;
    else {
      this.#latestId = memory.latestId;
      const lastSameId = this.#lastSameId(this.reader.latestId(), isSameFile);
      if (lastSameId !== undefined) return this.#goBack(lastSameId, this.reader.latestId(), reason);
    }
    this.#latestIdBefore = this.#latestId;
    return { kind: newestId > this.#latestId ? "rows" : "unchanged" };
  }

  /**
   * Whether the rows that were delivered are still the same.
   * @param newestId the largest id in the table now
   * @param isSameFile false where another file took the place of the one that was followed
   * @returns undefined where nothing is to be delivered again; otherwise the last id that is the same
   */
  #lastSameId(newestId: EventId | undefined, isSameFile: boolean): EventId | undefined {
    const { newest } = this.#landmarks;
    if (newest === undefined) {
      const isPlausible =
        isSameFile &&
        (newestId === undefined ? this.#latestId === this.#startId : newestId >= this.#latestId);
      return isPlausible || (isSameFile && this.#idsNeverReturn()) ? undefined : this.#startId;
    }
    const now = this.reader.landmarkAt(newest.id);
    if (now !== undefined && isIdentical(newest, now)) return undefined;
    if (now !== undefined && this.#isSameRow(newest, now, isSameFile)) {
      // It is compared with what it looks like now from here on.
      this.#landmarks.add(now);
      return undefined;
    }
    const isTrusted = isSameFile && newest.schemaVersion === this.reader.schemaVersion;
    if (now === undefined && isTrusted && this.#idsNeverReturn()) {
      this.#landmarks.dropAfter(newest.id - 1n);
      return undefined;
    }
    const lastSame = this.#landmarks.older.find((mark) => {
      const row = this.reader.landmarkAt(mark.id);
      return row !== undefined && this.#isSameRow(mark, row, isSameFile);
    });
    const lastSameId = lastSame === undefined ? this.#startId : lastSame.id;
    const isOnlyGone = now === undefined && isSameFile && newestId !== undefined && newestId > this.#latestId;
    if (isOnlyGone && !this.reader.hasRows(lastSameId, this.#latestId)) {
      // REPLACE under another key deletes the row and inserts it with a new id: none was given again.
      this.#landmarks.dropAfter(lastSameId);
      return undefined;
    }
    return lastSameId;
  }

  /**
   * Whether a row with changed values is still the row that it was, so that it was an UPDATE. In this order:
   * AUTOINCREMENT never gives an id again; another key that the table declares is the same; the time is the same.
   * Where the schema has changed since, the table may have been made anew, and only the key tells.
   */
  #isSameRow(before: Landmark, now: Landmark, isSameFile: boolean): boolean {
    const time = this.roles.readings.time?.column;
    const { isEqual, hasSameKey, hasSameTime } = compare(before, now, this.reader.table.otherKeys, time);
    if (isEqual) return true;
    const isTrusted = isSameFile && before.schemaVersion === now.schemaVersion;
    if (isTrusted && this.#idsNeverReturn()) return true;
    return hasSameKey ?? (isTrusted && hasSameTime);
  }

  /** AUTOINCREMENT remembers the largest id that ever was; after a restore or a DROP it remembers a smaller one. */
  #idsNeverReturn(): boolean {
    const largestEver = this.reader.autoincrement();
    return largestEver !== undefined && largestEver >= this.#latestId;
  }

  /** Remembers the newest row, and others in growing distances down to a row that was seen before. */
  #setLandmarks(seenId: EventId): void {
    const newest = this.reader.landmarkUpTo(this.#latestId);
    if (newest === undefined || newest.id <= seenId) return;
    const marks = [newest];
    for (const distance of distancesOf(newest.id - seenId)) {
      const mark = this.reader.landmarkUpTo(newest.id - distance);
      // Where ids have wide gaps, one step leads to what is known already.
      if (mark === undefined || mark.id <= seenId) break;
      if (mark.id < (marks.at(-1)?.id ?? newest.id)) marks.push(mark);
    }
    const oldest = seenId === this.#startId ? this.reader.landmarkUpTo(this.#startId + 1n) : undefined;
    this.#landmarks.add(...marks, ...(oldest === undefined ? [] : [oldest]));
  }

  /** The cursor below the smallest id. In an empty table that is the largest id that was ever given. */
  #startBefore(oldestId: EventId | undefined): EventId {
    if (oldestId === undefined) return this.reader.autoincrement() ?? 0n;
    return oldestId > MIN_EVENT_ID ? oldestId - 1n : MIN_EVENT_ID;
  }

  /**
   * What the database itself says of the log, so that the name is the same after a restart, and another one after
   * DROP and CREATE or a restored backup: both change the version of the schema.
   */
  #nameBase(): string {
    const { reader } = this;
    return Bun.hash(`${this.#connection.identity}:${reader.table.name}:${reader.schemaVersion}`).toString(36);
  }
}

function max(id: EventId, other: EventId | undefined): EventId {
  return other !== undefined && other > id ? other : id;
}

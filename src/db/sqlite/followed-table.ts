/** A table that is followed: what of it was seen, and whether the rows are still those that were delivered. */
import { type Cursor, type EventId, type LogPosition, MIN_EVENT_ID, type ResetReason } from "../../events.ts";
import { Landmarks } from "../landmarks.ts";
import { LogNames } from "../log-names.ts";
import { Rate } from "../rate.ts";
import { PLAIN_READING, type Reading } from "../reading.ts";
import type { Connection } from "./connection.ts";
import { FilteredRows } from "./filtered-rows.ts";
import { LogPages } from "./log-pages.ts";
import type { Look, TableMemory } from "./look.ts";
import { EventReader } from "./reader.ts";
import { RoleWatch } from "./role-watch.ts";
import { type SeenPosition, SeenRows } from "./seen-rows.ts";

/** New rows are counted for the rate up to this many at a time; beyond it the rate is too low for a moment. */
const COUNT_LIMIT_ROWS = 10_000;

export class FollowedTable implements Disposable {
  readonly reader: EventReader;
  readonly rate: Rate;
  readonly roles: RoleWatch;
  readonly pages: LogPages;
  readonly #connection: Connection;
  readonly #names: LogNames;
  readonly #seen: SeenRows;
  #dataVersion: bigint;
  #latestId: EventId;
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
    this.#seen = new SeenRows(
      reader,
      memory?.landmarks ?? new Landmarks(),
      () => this.roles.readings.time?.column,
    );
    this.rate = memory?.rate ?? new Rate();
    const filtered = new FilteredRows(reader, this.roles, reading);
    this.pages = new LogPages(connection, reader, filtered, () => this.position());
    if (memory === undefined) this.#seen.remember(this.#position, this.#startId);
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

  /** As in `Connection.identity`. */
  get fileIdentity(): string {
    return this.#connection.identity;
  }

  position(): LogPosition {
    return { log: this.#names.current, ...this.#position };
  }

  /** As in `EventLog`. */
  resumePoint(cursor: Cursor): EventId | undefined {
    return this.#names.resumePoint(cursor);
  }

  memory(): TableMemory {
    return {
      fileId: this.#connection.identity,
      names: this.#names,
      landmarks: this.#seen.landmarks,
      latestId: this.#latestId,
      wasEmpty: this.#latestId === this.#startId && this.#seen.landmarks.newest === undefined,
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
      this.pages.forgetMatches();

      // In a view the smallest id may take a scan.
      if (thorough || this.reader.table.kind !== "view")
        this.#startId = this.#startBefore(this.reader.oldestId());
      const lastSameId = this.#seen.lastSameId(this.#position, newestId, true);
      if (lastSameId !== undefined) return this.#goBack(lastSameId, newestId, "rows-replaced");
      if (wasTouched) this.roles.noteTouched();
      if (hasRows) this.#advance(newestId);
      this.roles.review(this.reader);
      if (hasRows) return { kind: "rows" };
      return { kind: wasTouched ? "touched" : "unchanged" };
    });
  }

  [Symbol.dispose](): void {
    this.reader[Symbol.dispose]();
  }

  get #position(): SeenPosition {
    return { latestId: this.#latestId, startId: this.#startId };
  }

  /** Newer rows were found. */
  #advance(newestId: EventId): void {
    const before = this.#latestId;
    this.reader.checkIds(before);
    // Nearly every commit has one row: then there is nothing to count.
    this.#noteRows(newestId === before + 1n ? 1 : this.reader.countAfter(before, COUNT_LIMIT_ROWS));
    this.pages.recent.add(before);
    this.#latestId = newestId;
    this.#seen.remember(this.#position, before);
  }

  #noteRows(count: number): void {
    this.rate.add(count);
    this.roles.noteRows(count);
  }

  /** Rows after an id are not those that were delivered. */
  #goBack(lastSameId: EventId, newestId: EventId | undefined, reason: ResetReason): Look {
    this.#seen.landmarks.dropAfter(lastSameId);
    if (lastSameId === this.#startId) this.#names.replaceAll(this.#nameBase());
    else this.#names.replaceAfter(lastSameId, this.#nameBase());
    this.#noteRows(this.reader.countAfter(lastSameId, COUNT_LIMIT_ROWS));
    this.pages.recent.clear(lastSameId);
    this.#latestId = max(newestId ?? this.#startId, this.reader.autoincrement());
    this.#seen.remember(this.#position, lastSameId);
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
      const lastSameId = this.#seen.lastSameId(this.#position, this.reader.latestId(), isSameFile);
      if (lastSameId !== undefined) return this.#goBack(lastSameId, this.reader.latestId(), reason);
    }
    this.pages.recent.clear(this.#latestId);
    return { kind: newestId > this.#latestId ? "rows" : "unchanged" };
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

/** Finds the row at an instant without reading the table: ids and times rise together, more or less. */
import { readInstant } from "../../columns/instant.ts";
import type { EventId } from "../../events.ts";
import { columnOfRole } from "../../query/fields.ts";
import { QuestionError } from "../../query/question-error.ts";
import { type Sql, sql } from "../../query/sql.ts";
import {
  type Direction,
  fromSql,
  type IdRange,
  isBetween,
  keySql,
  type LogRead,
  orderSql,
} from "./log-read.ts";
import { columnSql } from "./rows.ts";
import { type Ask, type ReadValue, STATEMENT_MS } from "./session.ts";
import { readSql, rowValue } from "./values.ts";

/** Rows without a time, one after the other, that are stepped over. */
const STEP_ROWS = 200;

/** Where times do not quite rise with the ids, the row is looked for among so many neighbours on either side. */
const NEIGHBOUR_ROWS = 500;

interface TimedRow {
  readonly id: EventId;
  readonly ms: number;
}

/**
 * @param atMs in ms since 1970
 * @returns the id of the first row at or after the instant; the one after the newest where all are earlier
 * @throws QuestionError where no column tells the time
 */
export function findInstant(read: LogRead, atMs: number): Promise<EventId> {
  const jump = new Jump(read);
  return read.sessions.read(read.signal, STATEMENT_MS, (ask) => jump.find(ask, atMs));
}

class Jump {
  readonly #read: LogRead;
  readonly #time: Sql;
  readonly #instantOf: (value: ReadValue) => number | undefined;

  constructor(read: LogRead) {
    this.#read = read;
    const column = columnOfRole("time", read.asked);
    if (column === undefined)
      throw new QuestionError(
        "The table has no column that tells the time, so that no time can be shown.",
        -1,
      );
    const stored = column.stored ?? "text";
    const named = columnSql(column.name);
    // A value that is so large is no time.
    this.#time = stored === "bytes" ? sql`NULL` : sql`left(${readSql(named, stored)}, 100)`;
    const form = column.time ?? "text";
    const { zone } = read.asked;
    this.#instantOf = (value) => readInstant(rowValue(value, stored), form, zone);
  }

  /** Halves the ids: 24 reads for ten million rows, in one transaction. */
  async find(ask: Ask, atMs: number): Promise<EventId> {
    const { position } = this.#read;
    let [low, high] = [position.startId, position.latestId];
    let found = high + 1n;
    while (low <= high) {
      const middle = low + (high - low) / 2n;
      const row = await this.#rowFrom(ask, { lowest: middle, highest: high });
      if (row === undefined) {
        high = middle - 1n;
      } else if (row.ms >= atMs) {
        found = row.id;
        high = middle - 1n;
      } else {
        low = row.id + 1n;
      }
    }
    return await this.#nearest(ask, found, atMs);
  }

  /** The first row from an id on that has a time. */
  async #rowFrom(ask: Ask, range: IdRange): Promise<TimedRow | undefined> {
    const [first] = await this.#rows(ask, "ascending", range, 1);
    return first ?? (await this.#rows(ask, "ascending", range, STEP_ROWS))[0];
  }

  /** Of the neighbours the earliest one that is not before the instant. */
  async #nearest(ask: Ask, id: EventId, atMs: number): Promise<EventId> {
    const { startId, latestId } = this.#read.position;
    const before = await this.#rows(ask, "descending", { lowest: startId, highest: id - 1n }, NEIGHBOUR_ROWS);
    const after = await this.#rows(ask, "ascending", { lowest: id, highest: latestId }, NEIGHBOUR_ROWS);
    const rows = [...before.toReversed(), ...after].filter(({ ms }) => ms >= atMs);
    let best = rows[0];
    for (const row of rows) if (best === undefined || row.ms < best.ms) best = row;
    return best?.id ?? id;
  }

  async #rows(ask: Ask, direction: Direction, range: IdRange, limitRows: number): Promise<TimedRow[]> {
    // Beyond the largest id of 64 bits nothing can be asked for.
    if (range.lowest > range.highest) return [];
    const found = await ask(
      sql`SELECT ${keySql(this.#read)}::text, ${this.#time} ${fromSql(this.#read)} WHERE ${isBetween(this.#read, range)}
        ${orderSql(this.#read, direction)} LIMIT ${limitRows}::int8`,
    );
    return found.flatMap(([id, value]) => {
      const ms = this.#instantOf(value);
      return ms === undefined ? [] : [{ id: BigInt(String(id)), ms }];
    });
  }
}

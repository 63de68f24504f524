/** Counts the rows between two ids by bucket and role: PostgreSQL counts where it can tell their times. */
import { readInstant } from "../../columns/instant.ts";
import { columnOfRole } from "../../query/fields.ts";
import { joinSql, Sql, sql } from "../../query/sql.ts";
import { type Counted, COUNTED_ROLES, type CountedRole } from "../counted.ts";
import { type InstantSql, instantSql } from "./instant-sql.ts";
import { type Direction, fromSql, type IdRange, type LogRead } from "./log-read.ts";
import { shownSql } from "./references.ts";
import { columnSql } from "./rows.ts";
import { WindowScan } from "./scan.ts";
import type { ReadValue } from "./session.ts";
import { readSql, rowValue } from "./values.ts";

/** Different values in all buckets of a question: those beyond count as rows, but not by value. */
const MAX_COUNTED_VALUES = 20_000;

/** A longer value is no name of anything, and is counted as none. In bytes. */
const MAX_VALUE_BYTES = 200;

export interface CountedSpan {
  readonly bucketMs: number;
  /** No row from there on is counted; undefined where the window ends with what there is. */
  readonly endMs: number | undefined;
}

export class RowCounter {
  readonly #read: LogRead;
  readonly #condition: Sql;
  readonly #counted: Counted;
  readonly #span: CountedSpan;
  readonly #roles: readonly CountedRole[];
  readonly #values: readonly Sql[];

  constructor(read: LogRead, condition: Sql, counted: Counted, span: CountedSpan) {
    this.#read = read;
    this.#condition = condition;
    this.#counted = counted;
    this.#span = span;
    this.#roles = COUNTED_ROLES.filter((role) => columnOfRole(role, read.asked) !== undefined);
    this.#values = this.#roles.map((role) => {
      const column = columnOfRole(role, read.asked);
      const name = column?.name ?? "";
      const stored = column?.stored ?? "text";
      const value = short(stored === "bytes" ? sql`NULL::text` : readSql(columnSql(name), stored));
      const reference = read.log.references.find((other) => other.column === name);
      return reference === undefined
        ? value
        : sql`coalesce(${short(shownSql(reference, columnSql(name)))}, ${value})`;
    });
  }

  /** @returns whether it came to the end before the deadline */
  async scan(direction: Direction, range: IdRange, deadlineMs: number): Promise<boolean> {
    const scan = new WindowScan(this.#read, { direction, ...range, deadlineMs });
    const counted = this.#counted;
    const column = columnOfRole("time", this.#read.asked);
    const instant = column === undefined ? undefined : instantSql(column, this.#read.asked.zone);
    while (!scan.isDone) {
      const found =
        instant === undefined
          ? await this.#readRows(scan)
          : await scan.next((between) => this.#groups(between, instant));
      if (found === undefined) return false;
      for (const values of found) {
        if (instant === undefined) this.#addRow(values);
        else this.#addGroup(values);
      }
      if (direction === "ascending") counted.highest = scan.scannedTo ?? counted.highest;
      else counted.lowest = scan.scannedTo ?? counted.lowest;
      if (scan.isDone) break;
      if (scan.isOver) return false;
    }
    return true;
  }

  /** Counted by PostgreSQL: of each bucket, and of each value of a role in it. Each role for itself, which is fastest. */
  #groups(between: Sql, instant: InstantSql): Sql {
    const time = new Sql("i.time");
    const inner = joinSql(
      [
        sql`${instant.value} AS time`,
        ...this.#values.map((value, at) => sql`${value} AS ${new Sql(`v${at}`)}`),
      ],
      ", ",
    );
    const { bucketMs, endMs } = this.#span;
    const ms = (of: string): Sql => instant.ms(new Sql(of));
    const isCounted =
      endMs === undefined ? sql`TRUE` : sql`${ms("i.time")} < ${String(endMs)}::text::numeric`;
    const all = sql`SELECT 1, ${ms("r.at")}::text, count(*)::text, ${ms("max(r.time)")}::text, ${ms("min(r.time)")}::text,
      NULL::int4, NULL::text FROM r GROUP BY r.at`;
    const byRole = this.#roles.map((_, at) => {
      const [place, value] = [new Sql(String(at)), new Sql(`r.v${at}`)];
      return sql` UNION ALL SELECT 1, ${ms("r.at")}::text, count(*)::text, ${ms("max(r.time)")}::text, NULL, ${place}, ${value}
        FROM r GROUP BY r.at, ${value}`;
    });
    return byRole.reduce(
      (statement, part) => sql`${statement}${part}`,
      sql`WITH r AS MATERIALIZED (SELECT i.*, ${instant.bucket(time, bucketMs)} AS at FROM
        (SELECT ${inner} ${fromSql(this.#read)} WHERE ${between} AND ${this.#condition} OFFSET 0) AS i WHERE i.time IS NOT NULL AND ${isCounted}) ${all}`,
    );
  }

  async #readRows(scan: WindowScan): Promise<ReadValue[][] | undefined> {
    const column = columnOfRole("time", this.#read.asked);
    const stored = column?.stored ?? "text";
    const time =
      column === undefined || stored === "bytes" ? sql`NULL` : short(readSql(columnSql(column.name), stored));
    const selected = joinSql([sql`1`, time, ...this.#values], ", ");
    return await scan.next(
      (between) => sql`SELECT ${selected} ${fromSql(this.#read)} WHERE ${between} AND ${this.#condition}`,
    );
  }

  #addGroup([, at, count, newest, oldest, place, value]: readonly ReadValue[]): void {
    const bucket = this.#bucket(Number(at));
    const role = place === null ? undefined : this.#roles[Number(place)];
    if (role !== undefined) return this.#addValue(bucket, role, value, Number(count), Number(newest));
    bucket.total += Number(count);
    this.#counted.oldestMs = Math.min(this.#counted.oldestMs, Number(oldest));
  }

  #addRow([, time, ...values]: readonly ReadValue[]): void {
    const column = columnOfRole("time", this.#read.asked);
    const read = rowValue(time, column?.stored ?? "text");
    const ms = read === null ? undefined : readInstant(read, column?.time ?? "text", this.#read.asked.zone);
    const { bucketMs, endMs } = this.#span;
    if (ms === undefined || (endMs !== undefined && ms >= endMs)) return;
    this.#counted.oldestMs = Math.min(this.#counted.oldestMs, ms);
    const bucket = this.#bucket(Math.floor(ms / bucketMs) * bucketMs);
    bucket.total++;
    for (const [at, role] of this.#roles.entries()) this.#addValue(bucket, role, values[at], 1, ms);
  }

  #bucket(at: number): CountedBucket {
    const known = this.#counted.buckets.get(at);
    if (known !== undefined) return known;
    const bucket = { total: 0, values: { type: new Map(), actor: new Map(), target: new Map() } };
    this.#counted.buckets.set(at, bucket);
    return bucket;
  }

  #addValue(bucket: CountedBucket, role: CountedRole, value: ReadValue, count: number, lastMs: number): void {
    const counts = bucket.values[role];
    const name = value === null || value === undefined ? "" : String(value);
    const known = counts.get(name);
    if (known !== undefined) {
      known.count += count;
      known.lastMs = Math.max(known.lastMs, lastMs);
    } else if (this.#counted.values < MAX_COUNTED_VALUES) {
      this.#counted.values++;
      counts.set(name, { count, lastMs });
    }
  }
}

type CountedBucket = Counted["buckets"] extends Map<number, infer Bucket> ? Bucket : never;

function short(value: Sql): Sql {
  return sql`CASE WHEN octet_length(${value}) <= ${new Sql(String(MAX_VALUE_BYTES))} THEN ${value} END`;
}

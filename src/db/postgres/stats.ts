/** Counts the rows of the last while by bucket and type, and by actor and target: PostgreSQL counts where it can. */
import type { Stats, StatsRequest } from "../../archive.ts";
import { readInstant } from "../../columns/instant.ts";
import type { EventId } from "../../events.ts";
import { columnOfRole } from "../../query/fields.ts";
import { printQuestion } from "../../query/print.ts";
import { isRelativeQuestion } from "../../query/relative.ts";
import { joinSql, Sql, sql } from "../../query/sql.ts";
import { answerOf, type Counted, COUNTED_ROLES, type CountedRole, forgetBefore } from "../counted.ts";
import { type InstantSql, instantSql } from "./instant-sql.ts";
import { findInstant } from "./jump.ts";
import {
  compile,
  type Direction,
  fromSql,
  type IdRange,
  isBetween,
  keySql,
  type LogRead,
  orderSql,
} from "./log-read.ts";
import { shownSql } from "./references.ts";
import { columnSql } from "./rows.ts";
import { WindowScan } from "./scan.ts";
import { type ReadValue, STATEMENT_MS } from "./session.ts";
import { readSql, rowValue } from "./values.ts";

/** Different values in all buckets of a question: those beyond count as rows, but not by value. */
const MAX_COUNTED_VALUES = 20_000;

/** A longer value is no name of anything, and is counted as none. In bytes. */
const MAX_VALUE_BYTES = 200;

/** Rows that may be out of the order of their times, beyond those that the jump looks at. */
const UNORDERED_ROWS = 1000;

/** New rows that are counted on top of what was counted; with more it begins anew from the newest. */
const MOST_NEW_IDS = 50_000n;

/** Questions whose counts are kept, the one that was asked for longest ago goes first. */
const KEPT_COUNTS = 16;

export class PostgresStats {
  readonly #kept = new Map<string, Counted>();

  async count(read: LogRead, request: StatsRequest): Promise<Stats> {
    const { question, windowMs, bucketMs, budgetMs } = request;
    const deadlineMs = performance.now() + budgetMs;
    const toMs = Math.min(read.nowMs, request.toMs ?? read.nowMs);
    const fromMs = Math.floor((toMs - windowMs) / bucketMs) * bucketMs;
    const condition = compile(read, question);
    const lowest = await further(read, await findInstant(read, fromMs), "descending");
    const end = request.toMs === undefined ? undefined : await findInstant(read, toMs);
    const highest = end === undefined ? read.position.latestId : await further(read, end, "ascending");
    // What depends on now is another question each time.
    const key = isRelativeQuestion(question)
      ? undefined
      : JSON.stringify([
          read.position.log,
          printQuestion(question),
          request.toMs,
          windowMs,
          bucketMs,
          read.roles,
        ]);
    const counted = this.#take(key, highest);
    try {
      const counter = new Counter(read, condition, counted, bucketMs);
      const isCurrent =
        counted.highest >= highest ||
        counted.highest < counted.lowest ||
        (await counter.scan("ascending", { lowest: counted.highest + 1n, highest }, deadlineMs));
      const isComplete = await counter.scan(
        "descending",
        { lowest, highest: counted.lowest - 1n },
        deadlineMs,
      );
      forgetBefore(counted, fromMs);
      const countedFromMs = isComplete
        ? fromMs
        : Math.max(fromMs, Math.ceil(counted.oldestMs / bucketMs) * bucketMs);
      const completeFromMs = isCurrent ? Math.min(toMs, countedFromMs) : toMs;
      return answerOf(counted, { fromMs, toMs, bucketMs, completeFromMs }, read.roles);
    } finally {
      if (key !== undefined) this.#keep(key, counted);
    }
  }

  /**
   * What is known for a question, or a new beginning below the newest row. It is nobody else's until it is kept again:
   * two that count at the same time would count the same rows.
   */
  #take(key: string | undefined, highest: EventId): Counted {
    const known = key === undefined ? undefined : this.#kept.get(key);
    if (key !== undefined) this.#kept.delete(key);
    const isUsable =
      known !== undefined && known.highest <= highest && highest - known.highest <= MOST_NEW_IDS;
    return isUsable
      ? known
      : { buckets: new Map(), lowest: highest + 1n, highest, oldestMs: Infinity, values: 0 };
  }

  #keep(key: string, counted: Counted): void {
    this.#kept.delete(key);
    this.#kept.set(key, counted);
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= KEPT_COUNTS) break;
      this.#kept.delete(oldest);
    }
  }
}

/** So many rows further, whatever the gaps between their ids are. */
async function further(read: LogRead, id: EventId, direction: Direction): Promise<EventId> {
  const { startId, latestId } = read.position;
  const isUp = direction === "ascending";
  if (isUp && id > latestId) return latestId;
  const range = isUp
    ? { lowest: id, highest: latestId }
    : { lowest: startId, highest: id > latestId ? latestId : id };
  const [found] = await read.sessions.read(read.signal, STATEMENT_MS, (ask) =>
    ask(
      sql`SELECT ${keySql(read)}::text ${fromSql(read)} WHERE ${isBetween(read, range)} ${orderSql(read, direction)}
        LIMIT 1 OFFSET ${UNORDERED_ROWS - 1}::int8`,
    ),
  );
  return found === undefined ? (isUp ? latestId : startId) : BigInt(String(found[0]));
}

class Counter {
  readonly #read: LogRead;
  readonly #condition: Sql;
  readonly #counted: Counted;
  readonly #bucketMs: number;
  readonly #roles: readonly CountedRole[];
  readonly #values: readonly Sql[];

  constructor(read: LogRead, condition: Sql, counted: Counted, bucketMs: number) {
    this.#read = read;
    this.#condition = condition;
    this.#counted = counted;
    this.#bucketMs = bucketMs;
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
    const ms = (of: string): Sql => instant.ms(new Sql(of));
    const all = sql`SELECT 1, ${ms("r.at")}::text, count(*)::text, ${ms("max(r.time)")}::text, ${ms("min(r.time)")}::text,
      NULL::int4, NULL::text FROM r GROUP BY r.at`;
    const byRole = this.#roles.map((_, at) => {
      const [place, value] = [new Sql(String(at)), new Sql(`r.v${at}`)];
      return sql` UNION ALL SELECT 1, ${ms("r.at")}::text, count(*)::text, ${ms("max(r.time)")}::text, NULL, ${place}, ${value}
        FROM r GROUP BY r.at, ${value}`;
    });
    return byRole.reduce(
      (statement, part) => sql`${statement}${part}`,
      sql`WITH r AS MATERIALIZED (SELECT i.*, ${instant.bucket(time, this.#bucketMs)} AS at FROM
        (SELECT ${inner} ${fromSql(this.#read)} WHERE ${between} AND ${this.#condition} OFFSET 0) AS i WHERE i.time IS NOT NULL) ${all}`,
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
    if (ms === undefined) return;
    this.#counted.oldestMs = Math.min(this.#counted.oldestMs, ms);
    const bucket = this.#bucket(Math.floor(ms / this.#bucketMs) * this.#bucketMs);
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

/** Goes through the ids of a table in windows of rows, so that a search that its budget ends says how far it looked. */
import { LogUnavailableError } from "../../archive.ts";
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
import { type ReadValue, STATEMENT_MS, StatementTimeoutError } from "./session.ts";

/** Rows in the first window: they may be large, or the question slow. */
const FIRST_ROWS = 1024;
const FEWEST_ROWS = 16;
const MOST_ROWS = 262_144;

/** How long a window should take: each costs three round trips besides. In ms. */
const SLICE_MS = 80;

/** A statement gets so much at least: the first window has to come to its end. In ms. */
const SHORTEST_MS = 150;

export interface ScanOptions extends IdRange {
  readonly direction: Direction;
  /** Of `performance.now()`; undefined where there is none. */
  readonly deadlineMs: number | undefined;
}

export class WindowScan {
  readonly #read: LogRead;
  readonly #options: ScanOptions;
  #lowest: bigint;
  #highest: bigint;
  #rows = FIRST_ROWS;
  #isDone: boolean;
  #scannedTo: bigint | undefined;

  constructor(read: LogRead, options: ScanOptions) {
    this.#read = read;
    this.#options = options;
    this.#lowest = options.lowest;
    this.#highest = options.highest;
    this.#isDone = options.lowest > options.highest;
  }

  /** Whether every id was looked at. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** The last id that was looked at, in the order of the scan; undefined before the first window. */
  get scannedTo(): bigint | undefined {
    return this.#scannedTo;
  }

  /** Whether there is no time for another window. */
  get isOver(): boolean {
    return this.#options.deadlineMs !== undefined && performance.now() >= this.#options.deadlineMs;
  }

  /**
   * Reads one window.
   * @param select makes the statement that reads between two ids
   * @param stoppedAt of the rows that were read: the id of the last one, where there may be more in the window
   * @returns undefined where the deadline came first, and there are other windows before it
   */
  async next(
    select: (between: Sql) => Sql,
    stoppedAt: (rows: readonly (readonly ReadValue[])[]) => bigint | undefined = () => undefined,
  ): Promise<ReadValue[][] | undefined> {
    for (;;) {
      const startedAtMs = performance.now();
      try {
        const found = await this.#window(select);
        const stopped = stoppedAt(found.rows);
        if (stopped === undefined) this.#adapt(performance.now() - startedAtMs);
        else this.#shrink(found.end, stopped);
        this.#advance(found, stopped);
        return found.rows;
      } catch (error) {
        if (!(error instanceof StatementTimeoutError)) throw error;
        if (this.isOver && this.#scannedTo !== undefined) return undefined;
        if (this.#rows === FEWEST_ROWS)
          throw new LogUnavailableError(
            "PostgreSQL takes too long to read a few rows. It may be busy: ask again in a moment.",
          );
        this.#rows = Math.max(FEWEST_ROWS, Math.floor(this.#rows / 16));
      }
    }
  }

  /** The rows of the window, and where it ends. */
  async #window(
    select: (between: Sql) => Sql,
  ): Promise<{ rows: ReadValue[][]; end: bigint; isLast: boolean }> {
    const { direction } = this.#options;
    const isUp = direction === "ascending";
    const range = { lowest: this.#lowest, highest: this.#highest };
    const key = keySql(this.#read);
    const within = isBetween(this.#read, range);
    // The index alone tells where so many rows end.
    const edge = sql`SELECT ${isUp ? sql`max` : sql`min`}(w.id) AS id, count(*) AS n FROM (SELECT ${key} AS id ${fromSql(this.#read)}
      WHERE ${within} ${orderSql(this.#read, direction)} LIMIT ${this.#rows}::int8) AS w`;
    const between = isUp
      ? sql`(${key} >= ${range.lowest}::int8 AND ${key} <= edge.id)`
      : sql`(${key} <= ${range.highest}::int8 AND ${key} >= edge.id)`;
    const statement = sql`WITH edge AS MATERIALIZED (${edge})
      SELECT edge.id::text, edge.n::text, f.* FROM edge LEFT JOIN LATERAL (${select(between)}) AS f ON TRUE`;
    const { signal, sessions, nowMs } = this.#read;
    const found = await sessions.read(signal, this.#timeoutMs(), (ask) => ask(statement, nowMs));
    const [id, count] = found[0] ?? [];
    const isLast = Number(count ?? 0) < this.#rows || id === null;
    const end = isLast ? (isUp ? range.highest : range.lowest) : BigInt(String(id));
    // Where nothing matched, what is joined is NULL.
    const rows = found.map((values) => values.slice(2)).filter(([first]) => first !== null);
    return { rows, end, isLast };
  }

  #timeoutMs(): number {
    const { deadlineMs } = this.#options;
    // Nothing smaller can be read.
    if (deadlineMs === undefined || this.#rows === FEWEST_ROWS) return STATEMENT_MS;
    return Math.max(SHORTEST_MS, deadlineMs - performance.now());
  }

  #advance({ end, isLast }: { end: bigint; isLast: boolean }, stoppedAt: bigint | undefined): void {
    const at = stoppedAt ?? end;
    this.#scannedTo = at;
    if (this.#options.direction === "ascending") this.#lowest = at + 1n;
    else this.#highest = at - 1n;
    this.#isDone = (isLast && stoppedAt === undefined) || this.#lowest > this.#highest;
  }

  /** To twice of what was read of a window whose end was not reached: its end was looked for in vain. */
  #shrink(end: bigint, stoppedAt: bigint): void {
    const isUp = this.#options.direction === "ascending";
    const idsTo = (id: bigint): number => Number(isUp ? id - this.#lowest : this.#highest - id) + 1;
    const rows = (this.#rows * idsTo(stoppedAt) * 2) / idsTo(end);
    this.#rows = Math.min(this.#rows, Math.max(FIRST_ROWS, Math.ceil(rows)));
  }

  #adapt(tookMs: number): void {
    if (tookMs > SLICE_MS) this.#rows = Math.max(FEWEST_ROWS, Math.floor((this.#rows * SLICE_MS) / tookMs));
    else if (tookMs < SLICE_MS / 2)
      this.#rows = Math.min(MOST_ROWS, this.#rows * (tookMs < SLICE_MS / 8 ? 8 : 2));
  }
}

/** Lists of rows: pages by keyset, searches, and pages around an instant. */
import type { EventId, PageLimits } from "../../events.ts";
import { sql } from "../../query/sql.ts";
import type { Question } from "../../question.ts";
import { findInstant } from "./jump.ts";
import {
  compile,
  type Direction,
  type FoundRow,
  foundRow,
  fromSql,
  type IdRange,
  isBetween,
  type LogRead,
  orderSql,
} from "./log-read.ts";
import { rowsQuery } from "./rows.ts";
import { WindowScan } from "./scan.ts";
import { type ReadValue, STATEMENT_MS } from "./session.ts";

/** Rows in the order of the read. */
export interface FoundPage {
  readonly rows: readonly FoundRow[];
  readonly next: EventId | null;
  readonly scannedTo: EventId | null;
  /** Of their JSON, estimated. */
  readonly bytes: number;
}

export interface PageRequest extends IdRange {
  readonly question: Question;
  readonly direction: Direction;
  readonly limits: PageLimits;
  /** Of `performance.now()`. */
  readonly deadlineMs: number;
}

const NOTHING: FoundPage = { rows: [], next: null, scannedTo: null, bytes: 0 };

/** Rows that are asked for at once: a page of them that has large rows in it is not fetched whole. */
const MOST_AT_ONCE = 250;

export async function findPage(read: LogRead, request: PageRequest): Promise<FoundPage> {
  const { question, direction, limits, lowest, highest, deadlineMs } = request;
  const condition = compile(read, question);
  if (lowest > highest) return NOTHING;
  const query = rowsQuery(read.log.columns, read.log.references);
  const page = new Page(limits);
  if (question.terms.length === 0) {
    let range = { lowest, highest };
    for (;;) {
      const wanted = Math.min(MOST_AT_ONCE, page.left + 1);
      const statement = sql`SELECT ${query.selected} ${fromSql(read)} WHERE ${isBetween(read, range)}
        ${orderSql(read, direction)} LIMIT ${wanted}::int8`;
      const found = await read.sessions.read(read.signal, STATEMENT_MS, (ask) => ask(statement, read.nowMs));
      for (const values of found) if (!page.add(foundRow(query, values))) return page.found(null, true);
      const last = page.lastId;
      if (found.length < wanted || last === undefined) return page.found(null, false);
      range = direction === "ascending" ? { lowest: last + 1n, highest } : { lowest, highest: last - 1n };
    }
  }
  const scan = new WindowScan(read, { direction, lowest, highest, deadlineMs });
  while (!scan.isDone) {
    const wanted = Math.min(MOST_AT_ONCE, page.left + 1);
    const found = await scan.next(
      (between) => sql`SELECT ${query.selected} ${fromSql(read)} WHERE ${between} AND ${condition}
        ${orderSql(read, direction)} LIMIT ${wanted}::int8`,
      (rows) => (rows.length < wanted ? undefined : idOf(rows.at(-1))),
    );
    for (const values of found ?? []) if (!page.add(foundRow(query, values))) return page.found(null, true);
    if (scan.isDone) break;
    if (found === undefined || scan.isOver) return page.found(scan.scannedTo ?? null, false);
  }
  return page.found(null, false);
}

/** Newest first: the rows from the instant on, up to half of the page, and the rows before it. */
export async function findAround(
  read: LogRead,
  request: {
    readonly question: Question;
    readonly atMs: number;
    readonly limits: PageLimits;
    readonly budgetMs: number;
  },
): Promise<FoundPage> {
  const startedAtMs = performance.now();
  const { question, limits, budgetMs, atMs } = request;
  compile(read, question);
  const middle = await findInstant(read, atMs);
  const after = (lowest: EventId, left: PageLimits, shareOfBudget: number): Promise<FoundPage> =>
    findPage(read, {
      question,
      direction: "ascending",
      lowest,
      highest: read.position.latestId,
      limits: left,
      deadlineMs: startedAtMs + budgetMs * shareOfBudget,
    });
  const half = { rows: Math.max(1, limits.rows >> 1), bytes: limits.bytes / 2 };
  const newer = await after(middle, half, 0.5);
  const left = { rows: limits.rows - newer.rows.length, bytes: limits.bytes - newer.bytes };
  // A page of one row: all others are before it.
  if (left.rows === 0)
    return { ...newer, rows: newer.rows.toReversed(), next: newer.rows[0]?.id ?? null, scannedTo: null };
  const older = await findPage(read, {
    question,
    direction: "descending",
    lowest: lowestId(read),
    highest: middle - 1n,
    limits: left,
    deadlineMs: startedAtMs + budgetMs * 0.9,
  });
  // Near the oldest row there are fewer than half: then the page is filled up with newer ones.
  const missing = { rows: left.rows - older.rows.length, bytes: left.bytes - older.bytes };
  const isFilledUp = older.next === null && newer.next !== null && missing.rows > 0 && missing.bytes > 0;
  const newest = isFilledUp && newer.next !== null ? await after(newer.next + 1n, missing, 1) : NOTHING;
  return { ...older, rows: [...newest.rows.toReversed(), ...newer.rows.toReversed(), ...older.rows] };
}

/** Below the start of the log there is nothing. */
export function lowestId({ position }: LogRead): EventId {
  return position.startId;
}

function idOf(values: readonly ReadValue[] | undefined): EventId | undefined {
  return values === undefined ? undefined : BigInt(String(values[0]));
}

/** Takes rows until a limit is reached; one row at least. */
class Page {
  readonly #limits: PageLimits;
  readonly #rows: FoundRow[] = [];
  #bytes = 0;

  constructor(limits: PageLimits) {
    this.#limits = limits;
  }

  /** How many rows it takes. */
  get left(): number {
    return this.#limits.rows - this.#rows.length;
  }

  get lastId(): EventId | undefined {
    return this.#rows.at(-1)?.id;
  }

  /** @returns whether the row had a place */
  add(row: FoundRow): boolean {
    if (this.left <= 0 || this.#bytes >= this.#limits.bytes) return false;
    this.#rows.push(row);
    this.#bytes += row.bytes;
    return true;
  }

  /** @param hasMore the limits ended it */
  found(scannedTo: EventId | null, hasMore: boolean): FoundPage {
    const next = hasMore ? (this.lastId ?? null) : scannedTo;
    return { rows: this.#rows, bytes: this.#bytes, next, scannedTo };
  }
}

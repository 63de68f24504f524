/** Lists of rows: pages by keyset, searches, and pages around an instant. */
import type { EventId, EventRow, PageLimits } from "../../../events.ts";
import { rowJson } from "../../../rows/json.ts";
import { Scan } from "../scan.ts";
import { findInstant } from "./jump.ts";
import type { OpenTable } from "./open-table.ts";
import type { LongRead } from "./protocol.ts";
import { SLICE, type Step, type Steps } from "./step.ts";

type ListRead = Extract<LongRead, { kind: "list" }>;
type AroundRead = Extract<LongRead, { kind: "around" }>;

/** Rows in the order of the read. */
interface Found {
  readonly columns: readonly string[];
  readonly rows: readonly EventRow[];
  readonly next: EventId | null;
  readonly scannedTo: EventId | null;
  /** Of their JSON, estimated. */
  readonly bytes: number;
}

export function* list(table: OpenTable, read: ListRead): Steps {
  yield answerOf(yield* find(table, read, performance.now() + read.budgetMs));
}

/** Newest first: the rows from the instant on, up to half of the page, and the rows before it. */
export function* around(table: OpenTable, read: AroundRead): Steps {
  const startedAtMs = performance.now();
  const { question, limits, budgetMs } = read;
  const middle = yield* findInstant(table, read.atMs);
  const after = (lowest: EventId, left: PageLimits, shareOfBudget: number): Steps<Found> =>
    find(
      table,
      { question, direction: "ascending", lowest, highest: table.log.latestId, limits: left },
      startedAtMs + budgetMs * shareOfBudget,
    );
  const half = { rows: Math.max(1, limits.rows >> 1), bytes: limits.bytes / 2 };
  const newer = yield* after(middle, half, 0.5);
  const left = { rows: limits.rows - newer.rows.length, bytes: limits.bytes - newer.bytes };
  if (left.rows === 0) {
    // A page of one row: all others are before it.
    yield answerOf({
      ...newer,
      rows: newer.rows.toReversed(),
      next: newer.rows[0]?.id ?? null,
      scannedTo: null,
    });
    return;
  }
  const older = yield* find(
    table,
    { question, direction: "descending", lowest: table.lowestId, highest: middle - 1n, limits: left },
    startedAtMs + budgetMs * 0.9,
  );
  // Near the oldest row there are fewer than half: then the page is filled up with newer ones.
  const missing = { rows: left.rows - older.rows.length, bytes: left.bytes - older.bytes };
  const isFilledUp = older.next === null && newer.next !== null && missing.rows > 0 && missing.bytes > 0;
  const newest = isFilledUp ? yield* after(newer.next + 1n, missing, 1) : NOTHING;
  const columns = [newest, newer, older].find(({ rows }) => rows.length > 0)?.columns ?? [];
  const rows = [...newest.rows.toReversed(), ...newer.rows.toReversed(), ...older.rows];
  yield answerOf({ ...older, columns, rows });
}

const NOTHING: Found = { columns: [], rows: [], next: null, scannedTo: null, bytes: 0 };

/** @param deadlineMs of `performance.now()`; one slice is read in any case */
function* find(
  table: OpenTable,
  { question, direction, lowest, highest, limits }: Omit<ListRead, "kind" | "budgetMs">,
  deadlineMs: number,
): Steps<Found> {
  const { reader, sliceMs } = table;
  const nowMs = Date.now();
  const condition = yield* table.read(() => table.compile(question));
  // An end may lie beyond 64 bits.
  if (lowest > highest) return NOTHING;
  if (question.terms.length === 0) {
    // Every row matches: one read is enough.
    const page = yield* table.read(() =>
      reader.readMatching(condition, { direction, lowest, highest }, limits, nowMs),
    );
    return { ...page, next: page.hasMore ? (page.rows.at(-1)?.id ?? null) : null, scannedTo: null };
  }
  const oldest = table.log.startId;
  const scan = new Scan(reader, {
    direction,
    lowest: lowest < oldest ? oldest : lowest,
    highest,
    sliceMs,
  });
  const rows: EventRow[] = [];
  let columns: readonly string[] = [];
  let bytes = 0;
  while (!scan.isDone) {
    // With nothing left, whether there is another row is still to be found out.
    const left = { rows: limits.rows - rows.length, bytes: limits.bytes - bytes };
    const page = yield* table.read(() => scan.nextRows(condition, left, nowMs));
    columns = page.columns;
    bytes += page.bytes;
    rows.push(...page.rows);
    if (page.hasMore) return { columns, rows, next: rows.at(-1)?.id ?? null, scannedTo: null, bytes };
    if (scan.isDone) break;
    if (performance.now() >= deadlineMs) {
      const scannedTo = scan.scannedTo ?? null;
      return { columns, rows, next: scannedTo, scannedTo, bytes };
    }
    yield SLICE;
  }
  return { columns, rows, next: null, scannedTo: null, bytes };
}

function answerOf({ columns, rows, next, scannedTo }: Found): Step {
  const items = Buffer.from(rows.map(rowJson(columns)).join(","));
  return { kind: "answer", answer: { kind: "list", items, count: rows.length, next, scannedTo } };
}

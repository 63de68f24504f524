/** Reads tables beside the log: which there are, pages of their rows, and single rows. */
import { SQLiteError } from "bun:sqlite";

import {
  PANEL_SORTED_ROWS,
  type PanelChoice,
  PanelError,
  type PanelGroup,
  type PanelTable,
} from "../../panels.ts";
import { Sql, sql } from "../../query/sql.ts";
import { decodeCursor, encodeCursor, type Place } from "../panels/cursor.ts";
import { type DescribedPanel, describePanel, panelTable, statusColumn } from "../panels/described.ts";
import { COUNTED_ROWS, Groups, groupSql } from "../panels/groups.ts";
import { isSame, offeredTables } from "../panels/offered.ts";
import { findOrder, type PanelOrder, rangesAfter } from "../panels/order.ts";
import { OrderedPlaces } from "../panels/ordered-places.ts";
import { PanelRows, WHOLE_ROW } from "../panels/panel-rows.ts";
import { compilePanelQuestion, groupTerm } from "../panels/question.ts";
import { findByKey } from "../panels/row-key.ts";
import { shapePanel } from "../panels/shape.ts";
import { messageOf } from "../problem.ts";
import type { OpenTable } from "./open-table.ts";
import type { LongRead } from "./protocol.ts";
import { SLICE, type Steps } from "./step.ts";

type TablesRead = Extract<LongRead, { kind: "panels" }>;
type PageRead = Extract<LongRead, { kind: "panel-page" }>;
type RowRead = Extract<LongRead, { kind: "panel-row" }>;

/** Tables that are listed: about 1 ms each. */
const MAX_TABLES = 200;

/** Rows that are looked at in a slice: at first, and at most. */
const FIRST_ROWS = 256;
const MOST_ROWS = 4096;

const SQLITE_ERROR = 1;

export function* panels(table: OpenTable, { choice }: TablesRead): Steps {
  const { tables, missing } = yield* inTransaction(table, () =>
    offeredTables(table.database, table.logTable, choice),
  );
  const found: PanelTable[] = [];
  for (const offered of tables.slice(0, MAX_TABLES)) {
    yield SLICE;
    const described = yield* inTransaction(table, () => {
      try {
        return describePanel(table.database, shapePanel(table.database, offered, choice.showsSecrets));
      } catch (error) {
        // A view of a table that is gone, or what needs a module that is not here, is not there for a reader either.
        if (isUnreadable(error)) return undefined;
        throw error;
      }
    });
    if (described !== undefined) found.push(panelTable(described));
  }
  const omitted = Math.max(0, tables.length - MAX_TABLES);
  yield { kind: "answer", answer: { kind: "panels", tables: found, missing, omitted } };
}

export function* panelPage(table: OpenTable, read: PageRead): Steps {
  const nowMs = Date.now();
  const deadlineMs = performance.now() + read.budgetMs;
  const { panel, order, condition, place } = yield* inTransaction(table, () => prepare(table, read));
  const page =
    panel.shape.unique.length === 0
      ? yield* inTransaction(table, () => firstRows(table, panel, order, condition, read, nowMs))
      : yield* orderedRows(table, panel, { order, condition, place, read, nowMs, deadlineMs });
  // Who goes on with a page has the groups of its beginning.
  const groups = read.after === undefined ? yield* countGroups(table, panel, read, nowMs, deadlineMs) : null;
  yield {
    kind: "answer",
    answer: {
      kind: "panel-page",
      table: panel.shape.name,
      items: Buffer.from(page.rows.join(",")),
      count: page.rows.length,
      next: page.next,
      hasMore: page.hasMore,
      sort: order.text,
      groups,
    },
  };
}

export function* panelRow(table: OpenTable, { table: name, key, choice }: RowRead): Steps {
  const { shape, row } = yield* inTransaction(table, () => {
    const panel = findPanel(table, name, choice);
    const condition = findByKey(panel.shape, key);
    if (condition === undefined) return { shape: panel.shape, row: undefined };
    using rows = new PanelRows(table.database, panel, WHOLE_ROW);
    const found = rows.first(condition, undefined, { rows: 1, bytes: Infinity }, 0);
    return { shape: panel.shape, row: found.rows[0] };
  });
  if (row === undefined) {
    const why =
      shape.key.length === 0
        ? `${JSON.stringify(shape.name)} has no key, so that no row of it can be asked for.`
        : `${JSON.stringify(shape.name)} has no row with the key ${JSON.stringify(key)}: the key is ${shape.key.join(", ")}${shape.key.length > 1 ? ", as a JSON array" : ""}.`;
    throw new PanelError("no-row", why);
  }
  yield { kind: "answer", answer: { kind: "panel-row", table: shape.name, item: Buffer.from(row) } };
}

/** One read transaction is one slice. */
function inTransaction<T>(table: OpenTable, read: () => T): Steps<T> {
  return table.read(() => table.reader.inReadTransaction(read));
}

/** @throws PanelError where it is not offered, or can't be read */
function findPanel(table: OpenTable, name: string, choice: PanelChoice): DescribedPanel {
  const { tables } = offeredTables(table.database, table.logTable, choice);
  const offered = tables.find((other) => isSame(other.name, name));
  if (offered === undefined)
    throw new PanelError(
      "no-table",
      `There is no table ${JSON.stringify(name)} beside the log: /api/tables has those that there are.`,
    );
  try {
    return describePanel(table.database, shapePanel(table.database, offered, choice.showsSecrets));
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    throw new PanelError("no-table", `${JSON.stringify(offered.name)} can't be read: ${messageOf(error)}.`);
  }
}

/** The table is at fault, and not the file: SQLite can't make a statement for it. */
function isUnreadable(error: unknown): boolean {
  return error instanceof SQLiteError && error.errno === SQLITE_ERROR;
}

interface Prepared {
  readonly panel: DescribedPanel;
  readonly order: PanelOrder;
  readonly condition: Sql;
  readonly place: Place | undefined;
}

function prepare(
  table: OpenTable,
  { table: name, question, after, sort, group, choice }: PageRead,
): Prepared {
  const panel = findPanel(table, name, choice);
  const { shape, isLarge } = panel;
  const cursor = after === undefined ? undefined : decodeCursor(after);
  // A page goes on in the order of the one before, also where the table has become large meanwhile.
  const order = findOrder(table.database, shape, sort ?? cursor?.order, isLarge);
  const place = cursor?.placeIn({
    order: order.text ?? "",
    hasSort: order.sort !== undefined,
    uniqueColumns: shape.unique.length,
  });
  if (after !== undefined && (place === undefined || shape.unique.length === 0))
    throw new PanelError(
      "parameter",
      "The parameter after is no place in this order: give it the value of next from a page with the same sort, or leave it out.",
    );
  const terms = group === undefined ? question.terms : [...question.terms, groupTerm(panel, group)];
  const condition = compilePanelQuestion(panel, { terms }, table.zone);
  return { panel, order, condition, place };
}

interface Page {
  readonly rows: readonly string[];
  readonly next: string | null;
  readonly hasMore: boolean;
}

/** Nothing tells these rows apart, so that no page goes on where another one ended. */
function firstRows(
  table: OpenTable,
  panel: DescribedPanel,
  order: PanelOrder,
  condition: Sql,
  { limits }: PageRead,
  nowMs: number,
): Page {
  using reader = new PanelRows(table.database, panel);
  const orderBy = rangesAfter(order, undefined).find((range) => range.orderBy.text !== "")?.orderBy;
  const wanted = { rows: limits.rows + 1, bytes: limits.bytes };
  const { rows, isCut } = reader.first(condition, orderBy, wanted, nowMs);
  return {
    rows: rows.slice(0, limits.rows),
    next: null,
    hasMore: isCut || rows.length > limits.rows,
  };
}

interface OrderedRead extends Prepared {
  readonly read: PageRead;
  readonly nowMs: number;
  readonly deadlineMs: number;
}

function* orderedRows(
  table: OpenTable,
  panel: DescribedPanel,
  { order, condition, place, read, nowMs, deadlineMs }: Omit<OrderedRead, "panel">,
): Steps<Page> {
  const { database } = table;
  const scan = new OrderedPlaces(database, panel.shape, { order, condition, nowMs }, place);
  const isFiltered = condition.text !== sql`TRUE`.text;
  const rows: string[] = [];
  let bytes = 0;
  let last = place;
  let limitRows = isFiltered ? FIRST_ROWS : read.limits.rows;
  const pageAt = (hasMore: boolean): Page => ({
    rows,
    next: hasMore && last !== undefined ? (encodeCursor(order.text ?? "", last) ?? null) : null,
    hasMore,
  });
  for (;;) {
    yield SLICE;
    const startedAtMs = performance.now();
    const isFull = yield* inTransaction(table, () => {
      const seen = scan.next(limitRows);
      const left = read.limits.rows - rows.length;
      const matching = seen.filter(({ isMatch }) => isMatch);
      const taken = matching.slice(0, left);
      using reader = new PanelRows(database, panel);
      const found = reader.at(
        taken.map((row) => row.place),
        read.limits.bytes - bytes,
      );
      rows.push(...found.rows);
      bytes += found.rows.reduce((sum, row) => sum + row.length, 0);
      // The page goes on after the last row that was taken, or that was looked at.
      const isCut = found.isCut || matching.length > left;
      last = (isCut ? taken[found.rows.length - 1] : seen.at(-1))?.place ?? last;
      return isCut;
    });
    if (isFull) return pageAt(true);
    if (scan.isDone) return pageAt(false);
    if (rows.length >= read.limits.rows || bytes >= read.limits.bytes || performance.now() >= deadlineMs)
      return pageAt(yield* hasMoreAfter(table, scan));
    limitRows = adapted(limitRows, performance.now() - startedAtMs, table.sliceMs);
  }
}

/** Whether there is any row left: the last page must not lead to an empty one. */
function hasMoreAfter(table: OpenTable, scan: OrderedPlaces): Steps<boolean> {
  return inTransaction(table, () => scan.next(1).length > 0);
}

function adapted(rows: number, tookMs: number, sliceMs: number): number {
  if (tookMs > sliceMs) return Math.max(16, Math.floor((rows * sliceMs) / tookMs));
  return tookMs < sliceMs / 2 ? Math.min(MOST_ROWS, rows * 2) : rows;
}

/** @returns null where there is nothing to count by, or too much to count */
function* countGroups(
  table: OpenTable,
  panel: DescribedPanel,
  { question }: PageRead,
  nowMs: number,
  deadlineMs: number,
): Steps<PanelGroup[] | null> {
  const column = statusColumn(panel);
  if (column === undefined) return null;
  const { database, sliceMs, zone } = table;
  const condition = compilePanelQuestion(panel, question, zone);
  const extra = groupSql(column);
  const groups = new Groups();
  const unique = panel.shape.unique.map((name) => new Sql(name));
  const order: PanelOrder = { text: null, sort: undefined, unique, isDescending: false };
  const scan = new OrderedPlaces(database, panel.shape, { order, condition, nowMs, extra }, undefined);
  let left = unique.length === 0 ? PANEL_SORTED_ROWS : COUNTED_ROWS;
  let limitRows = unique.length === 0 ? PANEL_SORTED_ROWS + 1 : FIRST_ROWS * 4;
  while (!scan.isDone) {
    yield SLICE;
    const startedAtMs = performance.now();
    const seen = yield* inTransaction(table, () => scan.next(limitRows));
    left -= seen.length;
    if (left < 0) return null;
    for (const row of seen) if (row.isMatch && !groups.add(row.extra)) return null;
    if (!scan.isDone && performance.now() > deadlineMs) return null;
    limitRows = adapted(limitRows, performance.now() - startedAtMs, sliceMs);
  }
  return groups.list;
}

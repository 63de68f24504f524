/** Reads tables beside the log: which there are, pages of their rows, and single rows. */
import { type PanelChoice, PanelError, type PanelTable } from "../../../panels.ts";
import { decodeCursor } from "../../panels/cursor.ts";
import { groupTerm } from "../../panels/question.ts";
import { noPlace, orderRefusal } from "../../panels/refusals.ts";
import { type DescribedPanel, panelTable, statusColumn } from "../panels/described.ts";
import { GroupCounter } from "../panels/groups.ts";
import { findOrder, type PanelOrder } from "../panels/order.ts";
import { type PageQuestion, PageReader } from "../panels/page-reader.ts";
import { PanelRows, WHOLE_ROW } from "../panels/panel-rows.ts";
import { compilePanelQuestion } from "../panels/question.ts";
import { findByKey } from "../panels/row-key.ts";
import type { OpenTable } from "./open-table.ts";
import type { LongRead } from "./protocol.ts";
import { SLICE, type Steps } from "./step.ts";

type TablesRead = Extract<LongRead, { kind: "panels" }>;
type PageRead = Extract<LongRead, { kind: "panel-page" }>;
type RowRead = Extract<LongRead, { kind: "panel-row" }>;

/** Tables that are listed: about 1 ms each. */
const MAX_TABLES = 200;

/** A table of no more rows is counted in the same slice in which it is read. */
const SMALL_ROWS = 1000;

export function* panels(table: OpenTable, { choice }: TablesRead): Steps {
  const { tables, missing } = yield* inTransaction(table, () => table.catalog.offer(table.logTable, choice));
  const found: PanelTable[] = [];
  const names = tables.slice(0, MAX_TABLES).map(({ name }) => name);
  // As many as fit into a slice: each slice waits for its turn.
  while (names.length > 0) {
    yield SLICE;
    const { described, count } = yield* inTransaction(table, () => describeSome(table, names, choice));
    found.push(...described.map(panelTable));
    names.splice(0, count);
  }
  const omitted = Math.max(0, tables.length - MAX_TABLES);
  yield { kind: "answer", answer: { kind: "panels", tables: found, missing, omitted } };
}

/** As many as there is time for; what can't be read is not there for a reader, either. */
function describeSome(
  table: OpenTable,
  names: readonly string[],
  choice: PanelChoice,
): { readonly described: DescribedPanel[]; readonly count: number } {
  const endsAtMs = performance.now() + table.sliceMs;
  const described: DescribedPanel[] = [];
  let count = 0;
  for (const name of names) {
    try {
      described.push(findPanel(table, name, choice));
    } catch (error) {
      if (!(error instanceof PanelError)) throw error;
    }
    count++;
    if (performance.now() >= endsAtMs) break;
  }
  return { described, count };
}

export function* panelPage(table: OpenTable, read: PageRead): Steps {
  const { database, sliceMs, zone } = table;
  const nowMs = Date.now();
  const deadlineMs = performance.now() + read.budgetMs;
  // As much as possible in one slice: in the rollback modes each of them waits for the writers.
  const { prepared, reader, counter } = yield* inTransaction(table, () => {
    const question = prepare(table, read, nowMs);
    const { panel } = question;
    const page = new PageReader(database, question);
    table.catalog.read(panel, () => page.step(sliceMs));
    // Who goes on with a page has the groups of its beginning.
    const isCounted = read.after === undefined && table.catalog.isCountable(panel.shape.name);
    const counted = isCounted ? compilePanelQuestion(panel, read.question, zone) : undefined;
    const groups = counted && GroupCounter.of(database, panel, counted, nowMs);
    if (panel.rows <= SMALL_ROWS) groups?.step();
    return { prepared: question, reader: page, counter: groups };
  });
  while (!reader.isDone && performance.now() < deadlineMs) {
    yield SLICE;
    yield* inTransaction(table, () => reader.step(sliceMs));
  }
  let isCounting = counter !== undefined && prepared.panel.rows > SMALL_ROWS;
  while (isCounting && performance.now() < deadlineMs) {
    yield SLICE;
    isCounting = yield* inTransaction(table, () => counter?.step() === true);
  }
  if (counter?.isTooMuch === true) table.catalog.noteUncountable(prepared.panel.shape.name);
  const { rows, next, hasMore } = reader.page();
  yield {
    kind: "answer",
    answer: {
      kind: "panel-page",
      table: prepared.panel.shape.name,
      items: Buffer.from(rows.join(",")),
      count: rows.length,
      next,
      hasMore,
      sort: prepared.order.text,
      groups: counter?.groups ?? null,
    },
  };
}

export function* panelRow(table: OpenTable, { table: name, key, choice }: RowRead): Steps {
  const { shape, row } = yield* inTransaction(table, () => {
    const panel = findPanel(table, name, choice);
    const condition = findByKey(panel.shape, key);
    if (condition === undefined) return { shape: panel.shape, row: undefined };
    using rows = new PanelRows(table.database, panel, WHOLE_ROW);
    const limits = { rows: 1, bytes: Infinity };
    const found = table.catalog.read(panel, () => rows.first(condition, undefined, limits, 0));
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
function findPanel({ catalog, logTable }: OpenTable, name: string, choice: PanelChoice): DescribedPanel {
  return catalog.find(name, logTable, choice);
}

/** @throws PanelError, QuestionError */
function prepare(
  table: OpenTable,
  { table: name, question, limits, after, sort, group, choice }: PageRead,
  nowMs: number,
): PageQuestion {
  const panel = findPanel(table, name, choice);
  const { shape } = panel;
  const cursor = after === undefined ? undefined : decodeCursor(after);
  // A page goes on in the order of the one before, also where the table has become large meanwhile.
  const order = orderOf(table, panel, sort, cursor?.order);
  const place = cursor?.placeIn({
    order: order.text ?? "",
    hasSort: order.sort !== undefined,
    uniqueColumns: shape.unique.length,
  });
  if (after !== undefined && (place === undefined || shape.unique.length === 0)) throw noPlace();
  const terms =
    group === undefined
      ? question.terms
      : [...question.terms, groupTerm(panel.shape.name, statusColumn(panel), group)];
  const condition = compilePanelQuestion(panel, { terms }, table.zone);
  return { panel, order, condition, place, limits, nowMs };
}

/** @param orderBefore that of the page before, where this one goes on */
function orderOf(
  { database }: OpenTable,
  { shape, isLarge }: DescribedPanel,
  sort: string | undefined,
  orderBefore: string | undefined,
): PanelOrder {
  try {
    return findOrder(database, shape, sort ?? orderBefore, isLarge);
  } catch (error) {
    throw orderRefusal(error, sort);
  }
}

/** A table beside the log, with what its newest rows say about its columns. */
import type { Database } from "bun:sqlite";

import { type PanelReading, readPanel, STATE_ROWS } from "../../../columns/panel-roles.ts";
import { SAMPLE_CHARACTERS, type SampledColumn } from "../../../columns/sample.ts";
import type { ColumnValue } from "../../../events.ts";
import { PANEL_SORTED_ROWS, type PanelTable } from "../../../panels.ts";
import type { AskedColumn, AskedTable } from "../../../query/asked-table.ts";
import { keyOfView } from "../../panels/key-of-view.ts";
import { quoteName } from "../../quote-name.ts";
import { findReferences, type Reference } from "../references.ts";
import { columnSql, type PanelShape, ROW } from "./shape.ts";

/** A table is looked at after each commit, so that they are fewer than of the log; and fewer where there are very many columns. */
const SAMPLE_ROWS = 50;
const SAMPLE_VALUES = 2000;
const FEWEST_ROWS = 6;

/** A larger value is not looked at. In bytes. */
const MAX_VALUE_BYTES = 4096;

export interface DescribedPanel {
  readonly shape: PanelShape;
  readonly reading: PanelReading;
  /** How many rows it has, counted up to one more than can be sorted. */
  readonly rows: number;
  /** More than can be sorted, or counted by group, at each page. */
  readonly isLarge: boolean;
  /** Columns that are shown by a text of another table. */
  readonly references: ReadonlyMap<string, Reference>;
}

/** To be called in a read transaction. @throws SQLiteError where it can't be read */
export function describePanel(database: Database, declared: PanelShape): DescribedPanel {
  const rows = countUpTo(database, declared, PANEL_SORTED_ROWS + 1);
  const shown = declared.columns.filter(({ isSecret }) => !isSecret);
  const names = shown.map(({ name }) => name);
  const columns = sample(database, declared, names);
  const shape = declared.kind === "view" ? { ...declared, key: keyOfView(columns, rows) } : declared;
  const reading = readPanel({
    name: shape.name,
    key: shape.key,
    columns,
    references: new Set(shown.flatMap(({ name, references }) => (references === null ? [] : [name]))),
    rows,
  });
  return {
    shape,
    reading,
    rows,
    isLarge: rows > PANEL_SORTED_ROWS,
    references: shownReferences(database, shape),
  };
}

/** Of a large table no more than so many rows are counted. */
function countUpTo(database: Database, { name }: PanelShape, limitRows: number): number {
  using statement = database.prepare<ColumnValue[], [number]>(
    `SELECT count(*) FROM (SELECT 1 FROM ${quoteName(name)} LIMIT ?1)`,
  );
  return Number(statement.values(Math.max(limitRows, STATE_ROWS + 1))[0]?.[0] ?? 0);
}

/** The newest rows; of a view those that come first. */
function sample(database: Database, shape: PanelShape, columns: readonly string[]): SampledColumn[] {
  if (columns.length === 0) return [];
  const rows = Math.min(SAMPLE_ROWS, Math.max(FEWEST_ROWS, Math.floor(SAMPLE_VALUES / columns.length)));
  const values = columns.map((column) => beginningOf(columnSql(column)));
  const order = shape.unique.map((column) => `${column} DESC`).join(", ");
  using statement = database.prepare<ColumnValue[], [number]>(
    `SELECT ${values.join(", ")} FROM ${quoteName(shape.name)} AS ${ROW} ${order === "" ? "" : `ORDER BY ${order}`} LIMIT ?1`,
  );
  const found = statement.values(rows);
  return columns.map((name, at) => ({ name, values: found.map((row) => row[at] ?? null) }));
}

function beginningOf(value: string): string {
  return `CASE WHEN octet_length(${value}) > ${MAX_VALUE_BYTES} THEN NULL
    WHEN typeof(${value}) IN ('text', 'blob') THEN substr(${value}, 1, ${SAMPLE_CHARACTERS}) ELSE ${value} END`;
}

/** A masked column leads nowhere. */
function shownReferences(
  database: Database,
  { name, kind, columns }: PanelShape,
): ReadonlyMap<string, Reference> {
  const shown = columns.filter(({ isSecret }) => !isSecret).map((column) => column.name);
  return findReferences(database, {
    name,
    kind,
    key: "",
    columns: shown,
    affinities: new Map(),
    otherKeys: [],
  });
}

export function panelTable({ shape, reading }: DescribedPanel): PanelTable {
  return {
    name: shape.name,
    kind: shape.kind,
    isOpen: reading.isOpen,
    key: shape.key,
    columns: shape.columns.map(({ name, isSecret, references }) => ({
      name,
      role: isSecret ? null : (reading.roles.get(name) ?? null),
      isSecret,
      timeForm: reading.times.get(name) ?? null,
      references,
    })),
  };
}

/** The column by whose values the rows are grouped. */
export function statusColumn({ reading }: DescribedPanel): string | undefined {
  return [...reading.roles].find(([, role]) => role === "status")?.[0];
}

/**
 * What can be asked of it. Masked columns are left out, so that no question tells anything about them.
 * @param zone of times without one
 */
export function askedPanel({ shape, reading, references }: DescribedPanel, zone: string): AskedTable {
  const columns = shape.columns
    .filter(({ isSecret }) => !isSecret)
    .map(({ name, affinity }): AskedColumn => {
      const time = reading.times.get(name);
      const by = references.get(name);
      return {
        name,
        affinity,
        ...(time === undefined ? {} : { time }),
        ...(by === undefined ? {} : { shownBy: { table: by.table, key: by.key, text: by.textColumn } }),
      };
    });
  const named = (role: string): string | undefined =>
    [...reading.roles].find(([, played]) => played === role)?.[0];
  const time = named("last-seen") ?? named("time");
  const form = time === undefined ? undefined : reading.times.get(time);
  return {
    // Other keys may be texts, which are found like any other text.
    key: shape.rowidColumn ?? "",
    columns,
    roles:
      time === undefined
        ? {}
        : { time: { column: time, why: "the time of the row", ...(form === undefined ? {} : { form }) } },
    zone,
    labels: {},
  };
}

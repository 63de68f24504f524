/** Reads the newest rows of a table to find out what its columns are. */
import type { Database } from "bun:sqlite";

import { SAMPLE_CHARACTERS, type SampledColumn } from "../../columns/sample.ts";
import type { ColumnValue } from "../../events.ts";
import { quoteName } from "../quote-name.ts";
import type { Reference } from "./references.ts";
import type { TableShape } from "./table-shape.ts";

/** The newest rows by column, newest first. */
export interface Sample {
  readonly keyValues: readonly ColumnValue[];
  readonly columns: readonly SampledColumn[];
}

/** More rows tell hardly more. */
export const SAMPLE_ROWS = 100;

/** A table of very many columns is judged by fewer rows: these values take 1 to 2 ms to read. */
const SAMPLE_VALUES = 4000;
const FEWEST_ROWS = 6;

/**
 * A larger value is not read, because SQLite reads all of it even where only its beginning is asked for. In bytes.
 * What it begins with is taken from the newest such value that is not larger than `MAX_BEGINNING_BYTES`.
 */
const MAX_VALUE_BYTES = 4096;
const MAX_BEGINNING_BYTES = 262_144;

/**
 * @param references of the columns that lead to another table
 * @returns the newest rows by column, newest first
 */
export function readSample(
  database: Database,
  table: TableShape,
  references: ReadonlyMap<string, Reference>,
): Sample {
  const { columns } = table;
  const rows = Math.min(
    SAMPLE_ROWS,
    Math.max(FEWEST_ROWS, Math.floor(SAMPLE_VALUES / Math.max(1, columns.length))),
  );
  const from = `FROM ${quoteName(table.name)} AS t`;
  const key = `t.${quoteName(table.key)}`;
  const beginnings = columns.map((column) => beginningOf(`t.${quoteName(column)}`, MAX_VALUE_BYTES));
  using statement = database.prepare<ColumnValue[], [number]>(
    `SELECT ${[key, ...beginnings].join(", ")} ${from} ORDER BY ${key} DESC LIMIT ?1`,
  );
  const found = statement.values(rows);
  const sampled = columns.map((name, at) => {
    const values = found.map((row) => row[at + 1] ?? null);
    const larger = values.filter((value) => value === LARGER).length;
    const beginning = larger === 0 ? null : readBeginning(name);
    const reference = references.get(name);
    return {
      name,
      values: values.map((value) => (value === LARGER ? beginning : value)),
      ...(reference === undefined ? {} : { referencedName: reference.textColumn }),
    };
  });
  return { keyValues: found.map((row) => row[0] ?? null), columns: sampled };

  function readBeginning(column: string): ColumnValue {
    const quoted = `t.${quoteName(column)}`;
    // The newest rows alone: a search for a value that is small enough could read the whole table.
    using query = database.prepare<ColumnValue[], []>(
      `SELECT substr(value, 1, ${SAMPLE_CHARACTERS}) FROM
        (SELECT ${quoted} AS value, octet_length(${quoted}) AS bytes ${from} ORDER BY ${key} DESC LIMIT ${rows})
        WHERE bytes BETWEEN ${MAX_VALUE_BYTES + 1} AND ${MAX_BEGINNING_BYTES} LIMIT 1`,
    );
    return query.values()[0]?.[0] ?? null;
  }
}

/** Stands for a value that is larger than what is read. No program writes it by accident. */
const LARGER = "\u0000tailboard: larger";

function beginningOf(column: string, maxBytes: number): string {
  return `CASE WHEN octet_length(${column}) > ${maxBytes} THEN char(0) || '${LARGER.slice(1)}'
    WHEN typeof(${column}) IN ('text', 'blob') THEN substr(${column}, 1, ${SAMPLE_CHARACTERS}) ELSE ${column} END`;
}

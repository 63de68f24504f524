/** Tables in the shapes of real programs, each with what is to be found in it: tests/fixtures/tables.json */
import { Database } from "bun:sqlite";
import { join } from "node:path";

import type { ColumnRole } from "../../src/column-roles.ts";
import { quoteName } from "../../src/db/quote-name.ts";

type StoredValue = string | number | null | { readonly $base64: string } | { readonly $integer: string };
type StoredRow = Readonly<Record<string, StoredValue>>;

/** The column of each role; a list where several will do, and null where none may be taken. */
type Expectation = Readonly<Partial<Record<ColumnRole, string | readonly (string | null)[] | null>>>;

export interface TableCase {
  readonly name: string;
  /** What is special about it. */
  readonly shape: string;
  /** What is followed. */
  readonly table: string;
  /** Where the rows go, where `table` is a view. */
  readonly into?: string;
  readonly ddl: string;
  /** Oldest first. */
  readonly rows: readonly StoredRow[];
  /** Rows of other tables. */
  readonly also?: Readonly<Record<string, readonly StoredRow[]>>;
  readonly expect: Expectation;
  /** A second relation on the same rows. */
  readonly view?: { readonly name: string; readonly expect: Expectation };
  readonly timeForm: string;
  /** The time of the newest row. */
  readonly instant: string | null;
}

export const TABLE_CASES: readonly TableCase[] = await Bun.file(
  join(import.meta.dir, "../fixtures/tables.json"),
).json();

/** The zone of the times without one in the cases that are written in local time. */
export const LOCAL_ZONE = "Europe/Berlin";

export function zoneOf({ timeForm }: TableCase): string {
  return timeForm === "text-local" ? LOCAL_ZONE : "UTC";
}

/** Makes the database of a case. */
export function createCase(path: string, { ddl, table, into, rows, also = {} }: TableCase): void {
  using database = new Database(path);
  database.run(ddl);
  for (const [other, otherRows] of Object.entries(also))
    for (const row of otherRows) insert(database, other, row);
  for (const row of rows) insert(database, into ?? table, row);
}

function insert(database: Database, table: string, row: StoredRow): void {
  const columns = Object.keys(row);
  database.run(
    `INSERT INTO ${quoteName(table)} (${columns.map(quoteName).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
    Object.values(row).map(bindable),
  );
}

function bindable(value: StoredValue): string | number | bigint | Uint8Array | null {
  if (value === null || typeof value !== "object") return value;
  return "$base64" in value ? Uint8Array.fromBase64(value.$base64) : BigInt(value.$integer);
}

/** What of a table can be asked for. */
import type { TimeForm, ValueLabels } from "../column-roles.ts";
import type { RoleReadings } from "../columns/roles.ts";

/** What SQLite makes of a value that is stored in the column: https://sqlite.org/datatype3.html. "none": anything */
export type Affinity = "text" | "numeric" | "none";

/**
 * How PostgreSQL stores a value, as far as a question has to know. "other": what is asked for by its text, as uuid and
 * enumerations; "document": what is asked for as the JSON that it is shown as, as arrays.
 */
export const STORED_KINDS = [
  "text",
  "integer",
  "numeric",
  "float4",
  "float8",
  "boolean",
  "timestamptz",
  "timestamp",
  "date",
  "jsonb",
  "json",
  "document",
  "bytes",
  "other",
] as const;
export type StoredKind = (typeof STORED_KINDS)[number];

export interface AskedColumn {
  readonly name: string;
  readonly affinity: Affinity;
  /** Of a table of PostgreSQL. */
  readonly stored?: StoredKind;
  /** Where its values are times: how they are written. */
  readonly time?: TimeForm;
  /** Where it references another table, by whose text it is shown: the table, its key, and the text. */
  readonly shownBy?: {
    readonly table: string;
    /** Of the table, where the database has several. */
    readonly schema?: string;
    readonly key: string;
    readonly text: string;
  };
}

export interface AskedTable {
  readonly key: string;
  /** With the key. */
  readonly columns: readonly AskedColumn[];
  readonly roles: RoleReadings;
  /** Of times without one. */
  readonly zone: string;
  readonly labels: ValueLabels;
}

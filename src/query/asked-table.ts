/** What of a table can be asked for. */
import type { TimeForm, ValueLabels } from "../column-roles.ts";
import type { RoleReadings } from "../columns/roles.ts";

/** What SQLite makes of a value that is stored in the column: https://sqlite.org/datatype3.html. "none": anything */
export type Affinity = "text" | "numeric" | "none";

export interface AskedColumn {
  readonly name: string;
  readonly affinity: Affinity;
  /** Where its values are times: how they are written. */
  readonly time?: TimeForm;
  /** Where it references another table, by whose text it is shown: the table, its key, and the text. */
  readonly shownBy?: { readonly table: string; readonly key: string; readonly text: string };
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

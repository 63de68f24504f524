/** What a column can mean, and how its values can be written. Imports nothing. */

/** What a column means to a reader, whatever its name. */
export type ColumnRole = "id" | "time" | "type" | "actor" | "target" | "summary" | "metadata";

/** The column that plays each role; a role that no column plays is left out. */
export type ColumnRoles = Partial<Record<ColumnRole, string>>;

/** How the values of a time column are written. `text` is ISO 8601 and what is like it; the others are counts. */
export const TIME_FORMS = [
  "text",
  /** Digits: `20231114221320`, or `20231114`. */
  "compact",
  /** Since 1970. */
  "epoch-s",
  "epoch-ms",
  "epoch-us",
  "epoch-ns",
  /** Days since noon of 24 November 4714 BC, as SQLite's `julianday()` has them. */
  "julian",
  /** Since 1601: of WebKit in microseconds, and of Windows' FILETIME in 100 ns. */
  "webkit-us",
  "filetime",
  /** Since 2001, as Apple's programs count. */
  "mac-s",
  "mac-ns",
  /** Of 100 ns since the year 1, as .NET counts. */
  "dotnet",
] as const;
export type TimeForm = (typeof TIME_FORMS)[number];

/** The column that plays a role, and why it is this one. */
export interface RoleReading {
  readonly column: string;
  /** Of a time. */
  readonly form?: TimeForm;
  /** A sentence for a person. */
  readonly why: string;
}

/** Names for the values of columns: `{"status":{"0":"down","1":"up"}}`. */
export type ValueLabels = Readonly<Record<string, Readonly<Record<string, string>>>>;

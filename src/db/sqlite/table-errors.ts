/** Why a table can't be followed, with what is known that may help. The words are in `explain-table.ts`. */
import { SQLiteError } from "bun:sqlite";

import type { ColumnValue } from "../../events.ts";
import type { Keyless } from "./keyless.ts";
import type { MissingTable } from "./missing-table.ts";
import { nameInSentence } from "./query-view.ts";

/** The table is not there (yet). */
export class TableMissingError extends Error {
  override readonly name = "TableMissingError";
  readonly missing: MissingTable;
  constructor(missing: MissingTable) {
    super(`there is no table ${JSON.stringify(missing.name)}`);
    this.missing = missing;
  }
}

/** Whether a table has gone since the file was opened: that which is followed, or one that it is made of. */
export function isTableGone(error: unknown): boolean {
  if (error instanceof TableMissingError) return true;
  // SQLite tells it in its message alone.
  return error instanceof SQLiteError && error.message.startsWith("no such table:");
}

/** The table is there, but has no integer key that grows. */
export class NoIntegerKeyError extends Error {
  override readonly name = "NoIntegerKeyError";
  readonly keyless: Keyless;
  constructor(keyless: Keyless) {
    super(`the ${keyless.kind} ${JSON.stringify(keyless.name)} has no integer key to follow`);
    this.keyless = keyless;
  }
}

/** The column that should be the key has something else than an integer. */
export class IdNotIntegerError extends Error {
  override readonly name = "IdNotIntegerError";
  readonly table: string;
  readonly id: ColumnValue | undefined;
  constructor(table: string, id: ColumnValue | undefined) {
    super(`${nameInSentence(table)} has a row whose id is no integer`);
    this.table = table;
    this.id = id;
  }
}

/** A view gives an id to more than one row. */
export class RepeatedIdError extends Error {
  override readonly name = "RepeatedIdError";
  readonly table: string;
  readonly id: bigint;
  constructor(table: string, id: bigint) {
    super(`${nameInSentence(table)} has more than one row with the id ${id}`);
    this.table = table;
    this.id = id;
  }
}

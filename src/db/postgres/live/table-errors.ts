/** Why a table of PostgreSQL can't be followed. The words for an operator are in `explain.ts`. */

/** The table is not there (yet). */
export class TableMissingError extends Error {
  override readonly name = "TableMissingError";
  readonly table: string;
  constructor(table: string) {
    super(`there is no table ${JSON.stringify(table)}`);
    this.table = table;
  }
}

/** What stands under the name has no integer key, or is no table. */
export class NoKeyError extends Error {
  override readonly name = "NoKeyError";
  readonly table: string;
  /** As in pg_class. */
  readonly relkind: string;
  constructor(table: string, relkind: string) {
    super(`${JSON.stringify(table)} has no integer key to follow`);
    this.table = table;
    this.relkind = relkind;
  }
}

/** The server follows another one, whose writers it does not know. */
export class StandbyError extends Error {
  override readonly name = "StandbyError";
  constructor() {
    super("the server is a hot standby");
  }
}

/** The key is not unique. */
export class RepeatedIdError extends Error {
  override readonly name = "RepeatedIdError";
  readonly id: bigint;
  constructor(id: bigint) {
    super(`more than one row has the id ${id}`);
    this.id = id;
  }
}

/** The tables beside the log as they are known: looked at again when the schema or the rows have changed, not before. */
import { type Database, SQLiteError, type Statement } from "bun:sqlite";

import type { ColumnValue } from "../../../events.ts";
import { messageOf } from "../../../message-of.ts";
import { type PanelChoice, PanelError } from "../../../panels.ts";
import { ViewRest } from "../../panels/view-rest.ts";
import type { Connection } from "../connection.ts";
import { type DescribedPanel, describePanel } from "./described.ts";
import { isSame, type Offer, type OfferedTable, offeredTables } from "./offered.ts";
import { type PanelShape, shapePanel } from "./shape.ts";

const SQLITE_ERROR = 1;

/** A table that was too large to be counted is not tried again for this long: each try takes some 10 ms. In ms. */
const UNCOUNTABLE_MS = 60_000;

/** To be used in a read transaction. */
export class PanelCatalog implements Disposable {
  readonly #database: Database;
  readonly #connection: Connection;
  readonly #schemaVersion: Statement<ColumnValue[], []>;
  readonly #shapes = new Map<string, PanelShape>();
  readonly #described = new Map<string, DescribedPanel>();
  /** What was known of each, whatever has changed since. */
  readonly #last = new Map<string, DescribedPanel>();
  /** Each for itself: a page must not be refused because its view was looked at for it. */
  readonly #rests = { look: new ViewRest(), rows: new ViewRest() };
  readonly #countableAtMs = new Map<string, number>();
  #offer:
    { readonly choice: PanelChoice; readonly log: string | undefined; readonly found: Offer } | undefined;
  /** Of what is known. */
  #schema: ColumnValue = null;
  #data: bigint | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#database = connection.database;
    this.#schemaVersion = connection.database.prepare("PRAGMA schema_version");
  }

  /** @param log the name of the followed table; undefined where a query is followed */
  offer(log: string | undefined, choice: PanelChoice): Offer {
    this.#forgetWhatHasChanged();
    const known = this.#offer;
    if (known !== undefined && known.log === log && Bun.deepEquals(known.choice, choice)) return known.found;
    const found = offeredTables(this.#database, log, choice);
    this.#shapes.clear();
    this.#described.clear();
    this.#offer = { choice, log, found };
    return found;
  }

  /**
   * Of what is offered.
   * @throws PanelError where it can't be read: a view of a table that is gone, or what needs a module that is not here
   */
  describe(table: OfferedTable, { showsSecrets }: PanelChoice): DescribedPanel {
    const { name } = table;
    return guarded(name, () => {
      const shape = this.#shapes.get(name) ?? shapePanel(this.#database, table, showsSecrets);
      this.#shapes.set(name, shape);
      const described = this.#described.get(name) ?? this.#look(shape);
      this.#described.set(name, described);
      this.#last.set(name, described);
      return described;
    });
  }

  /** @throws PanelError where it is not offered, or can't be read */
  find(name: string, log: string | undefined, choice: PanelChoice): DescribedPanel {
    const table = this.offer(log, choice).tables.find((other) => isSame(other.name, name));
    if (table !== undefined) return this.describe(table, choice);
    throw new PanelError(
      "no-table",
      `There is no table ${JSON.stringify(name)} beside the log: /api/tables has those that there are.`,
    );
  }

  /**
   * Reads what is in a table.
   * @throws PanelError where it can't be read, or is a view that takes long and was read just now
   */
  read<T>({ shape }: DescribedPanel, read: () => T): T {
    if (shape.kind !== "view") return guarded(shape.name, read);
    const restMs = this.#rests.rows.restMs(shape.name);
    if (restMs > 0)
      throw new PanelError(
        "slow",
        `The view ${JSON.stringify(shape.name)} takes long to read, and was read just now. Ask again in ${Math.ceil(restMs / 1000)} s, or leave it out with --panels.`,
      );
    return guarded(shape.name, () => timed(shape.name, this.#rests.rows, read));
  }

  /** Whether it makes sense to count the rows of a table: of one that was too large just now it does not. */
  isCountable(name: string): boolean {
    return performance.now() >= (this.#countableAtMs.get(name) ?? 0);
  }

  /** To be called when a table was too large to be counted. */
  noteUncountable(name: string): void {
    this.#countableAtMs.set(name, performance.now() + UNCOUNTABLE_MS);
  }

  [Symbol.dispose](): void {
    this.#schemaVersion.finalize();
  }

  /** A view that rests is what it was. */
  #look(shape: PanelShape): DescribedPanel {
    if (shape.kind !== "view") return describePanel(this.#database, shape);
    const last = this.#last.get(shape.name);
    if (last !== undefined && this.#rests.look.restMs(shape.name) > 0) return last;
    return timed(shape.name, this.#rests.look, () => describePanel(this.#database, shape));
  }

  #forgetWhatHasChanged(): void {
    const data = this.#connection.dataVersion();
    if (data === this.#data) return;
    this.#data = data;
    this.#described.clear();
    const schema = this.#schemaVersion.values()[0]?.[0] ?? null;
    if (schema === this.#schema) return;
    this.#schema = schema;
    this.#last.clear();
    this.#shapes.clear();
    this.#offer = undefined;
  }
}

function timed<T>(view: string, rest: ViewRest, read: () => T): T {
  const startedAtMs = performance.now();
  try {
    return read();
  } finally {
    rest.note(view, performance.now() - startedAtMs);
  }
}

/** The table is at fault, and not the file, where SQLite can't make a statement for it, or a function of a view fails. */
function guarded<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SQLiteError && error.errno === SQLITE_ERROR)) throw error;
    throw new PanelError("no-table", `${JSON.stringify(name)} can't be read: ${messageOf(error)}.`);
  }
}

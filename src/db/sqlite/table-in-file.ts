/** A table in a database file: open, or closed and remembered, so that its log is recognised when it is open again. */
import type { EventId, LogChange, TailState } from "../../events.ts";
import type { Reading } from "../reading.ts";
import type { Connection } from "./connection.ts";
import type { DatabaseFile } from "./database-file.ts";
import { FollowedTable } from "./followed-table.ts";
import type { TableMemory } from "./look.ts";
import { createQueryView } from "./query-view.ts";
import { EventReader } from "./reader.ts";

/** What a query that is followed in place of a table is called. */
const QUERY_NAME = "query";

export interface TableChoice {
  readonly table: string;
  /** A SELECT to follow in place of the table. */
  readonly query?: string | undefined;
  /** How the columns are to be read. */
  readonly reading?: Reading | undefined;
}

export class TableInFile {
  readonly #file: DatabaseFile;
  readonly #choice: TableChoice;
  #current: FollowedTable | undefined;
  /** What is known of the table that was open last, by which it is recognised. */
  #memory: TableMemory | undefined;
  /** What was missing since the table was open last, or since the start: all that comes then is new. */
  #missing: "file" | "table" | undefined;

  constructor(file: DatabaseFile, choice: TableChoice) {
    this.#file = file;
    this.#choice = choice;
  }

  /** Undefined while the file or the table can't be read. */
  get current(): FollowedTable | undefined {
    return this.#current;
  }

  /** The newest id that was seen, also while it is closed. */
  get latestId(): EventId {
    return this.#current?.latestId ?? this.#memory?.latestId ?? 0n;
  }

  /** For the status. */
  get name(): string {
    const { query, table } = this.#choice;
    return query === undefined ? (this.#current?.reader.table.name ?? table) : QUERY_NAME;
  }

  /**
   * Opens the file and the table, which are closed.
   * @returns the table, and what those are to be told who listen to its log
   * @throws FileError, QueryError, or what `FollowedTable.open` throws
   */
  open(): { table: FollowedTable; change: LogChange } {
    const { table, look } = this.#file.open((connection) =>
      FollowedTable.open(connection, this.#nameIn(connection), this.#memory, this.#choice.reading),
    );
    this.#current = table;
    const missing = this.#missing;
    this.#missing = undefined;
    const position = table.position();
    if (look.kind === "replaced") {
      const reason = missing === "table" ? "table-recreated" : look.reason;
      return { table, change: { ...look, kind: "reset", reason, position } };
    }
    // Where the same log came back, who has no cursor starts where it was left.
    const fresh = missing !== undefined && this.#memory === undefined;
    return { table, change: { kind: "opened", fresh, position } };
  }

  /** To be called when it could not be opened. @param state that followed from the error */
  noteUnopened(state: TailState): void {
    if (state === "waiting-for-file") this.#missing = "file";
    if (state === "waiting-for-table") this.#missing ??= "table";
  }

  /** Closes both, unless they are closed. @throws SQLiteError; then it counts as closed all the same */
  close(): void {
    const table = this.#current;
    if (table === undefined) return;
    this.#memory = table.memory();
    this.#current = undefined;
    table[Symbol.dispose]();
    this.#file.close();
  }

  /** Reads what a look reads. @param connection another one than that which is open @throws what SQLite says */
  readBeside(connection: Connection): void {
    using reader = new EventReader(connection.database, this.#nameIn(connection));
    reader.latestId();
  }

  /** Of the table, or of the view that is made of the query. @throws QueryError */
  #nameIn({ database }: Connection): string {
    const { query, table } = this.#choice;
    return query === undefined ? table : createQueryView(database, query);
  }
}

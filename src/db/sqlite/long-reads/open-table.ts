/** The followed table, as the worker has it open for one read. */
import type { Database } from "bun:sqlite";

import { type EventId, MIN_EVENT_ID } from "../../../events.ts";
import type { AskedTable } from "../../../query/asked-table.ts";
import { compileQuestion } from "../../../query/compile.ts";
import type { Sql } from "../../../query/sql.ts";
import { sql } from "../../../query/sql.ts";
import type { Question } from "../../../question.ts";
import { askedTable } from "../asked.ts";
import type { Connection } from "../connection.ts";
import type { PanelCatalog } from "../panels/catalog.ts";
import type { EventReader } from "../reader.ts";
import type { OpenLog, WorkerSettings } from "./protocol.ts";
import { type Steps, whenReadable } from "./step.ts";

/** A file that is open for reading. */
export interface OpenFile {
  readonly connection: Connection;
  readonly reader: EventReader;
  /** Of the tables beside the log. */
  readonly catalog: PanelCatalog;
}

export class OpenTable {
  readonly reader: EventReader;
  /** The connection, for what is read beside the followed table. */
  readonly database: Database;
  readonly catalog: PanelCatalog;
  readonly log: OpenLog;
  /** How long a slice should take. In ms. */
  readonly sliceMs: number;
  readonly #settings: WorkerSettings;
  readonly #assertReadable: () => void;

  constructor(
    { reader, connection, catalog }: OpenFile,
    log: OpenLog,
    settings: WorkerSettings,
    sliceMs: number,
  ) {
    this.reader = reader;
    this.database = connection.database;
    this.catalog = catalog;
    this.#assertReadable = () => connection.assertReadable();
    this.log = log;
    this.#settings = settings;
    this.sliceMs = sliceMs;
  }

  /** Reads as soon as no writer is in the way. Throws like `whenReadable`, and like `Connection.assertReadable`. */
  read<T>(read: () => T): Steps<T> {
    return whenReadable(() => {
      this.#assertReadable();
      return read();
    });
  }

  /** The name of the followed table; undefined where a query is followed in place of one. */
  get logTable(): string | undefined {
    return this.#settings.query === undefined ? this.reader.table.name : undefined;
  }

  get zone(): string {
    return this.#settings.zone;
  }

  /** As it can be asked. Looks for references, where nobody did. To be called in a read transaction. */
  asked(): AskedTable {
    const { zone, labels } = this.#settings;
    const { roles, times } = this.log;
    return askedTable(this.reader.queries(), { roles, times, zone, labels });
  }

  /** @throws QuestionError */
  compile(question: Question): Sql {
    return this.reader.inReadTransaction(() => compileQuestion(question, this.asked(), sql`t`));
  }

  get lowestId(): EventId {
    const { startId } = this.log;
    // No cursor is below the smallest id of 64 bits.
    return startId === MIN_EVENT_ID ? startId : startId + 1n;
  }
}

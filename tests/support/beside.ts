/** Tables beside a log that is followed in this process, and pages of them. */
import { Database } from "bun:sqlite";

import { Panels } from "../../src/db/sqlite/panel-archive.ts";
import type { EventJson } from "../../src/events.ts";
import type { PanelChoice, PanelList, PanelPage, PanelPageRequest } from "../../src/panels.ts";
import { parseQuestion } from "../../src/query/parse.ts";
import type { Followed } from "./followed.ts";
import { Rows } from "./rows.ts";
import { until } from "./until.ts";

export const LOG_SQL =
  "CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, event_type TEXT, summary TEXT)";

export interface ReadPage extends PanelPage {
  readonly rows: readonly EventJson[];
  /** The `$key` of each row. */
  readonly keys: readonly string[];
}

export type Asked = Partial<Omit<PanelPageRequest, "question" | "limits">> & {
  readonly q?: string;
  readonly limit?: number;
  readonly bytes?: number;
};

export class Beside implements AsyncDisposable {
  readonly rows: Rows;
  readonly followed: Followed;
  readonly panels: Panels;
  /** Writes to the file. */
  readonly database: Database;

  private constructor(rows: Rows, choice: PanelChoice) {
    this.rows = rows;
    this.database = new Database(rows.path, { safeIntegers: true });
    this.database.run("PRAGMA busy_timeout = 5000");
    this.followed = rows.follow();
    this.panels = new Panels(this.followed.tail, this.followed.longReads, choice);
  }

  /** @param sql what makes the tables */
  static async open(sql: readonly string[], choice: Partial<PanelChoice> = {}): Promise<Beside> {
    const rows = await Rows.create(LOG_SQL, ...sql);
    const beside = new Beside(rows, { chosen: undefined, showsSecrets: false, ...choice });
    await until(() => beside.followed.state === "tailing", "the log to be open");
    return beside;
  }

  /** The same file, with another choice. */
  chosen(choice: Partial<PanelChoice>): Panels {
    return new Panels(this.followed.tail, this.followed.longReads, {
      chosen: undefined,
      showsSecrets: false,
      ...choice,
    });
  }

  list(): Promise<PanelList> {
    return this.panels.tables(new AbortController().signal);
  }

  async page(
    table: string,
    { q = "", limit = 100, bytes = 524_288, ...asked }: Asked = {},
  ): Promise<ReadPage> {
    const page = await this.panels.page(
      {
        table,
        question: parseQuestion(q),
        limits: { rows: limit, bytes },
        after: undefined,
        sort: undefined,
        group: undefined,
        budgetMs: 5000,
        ...asked,
      },
      new AbortController().signal,
    );
    const rows: EventJson[] = JSON.parse(`[${Buffer.from(page.items).toString()}]`);
    if (rows.length !== page.count) throw new Error(`${page.count} rows were told, and ${rows.length} came`);
    return { ...page, rows, keys: rows.map((row) => String(row["$key"])) };
  }

  async row(table: string, key: string): Promise<EventJson> {
    const { item } = await this.panels.row(table, key, new AbortController().signal);
    const row: EventJson = JSON.parse(Buffer.from(item).toString());
    return row;
  }

  /** All pages, one after the other. @param between called after each */
  async *pages(table: string, asked: Asked, between: () => void = () => {}): AsyncGenerator<ReadPage> {
    let after: string | undefined;
    for (let count = 0; ; count++) {
      const page: ReadPage = await this.page(table, { ...asked, after });
      yield page;
      if (page.next === null) return;
      after = page.next;
      between();
      if (count > 2000) throw new Error("the pages never end");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.database.close();
    await this.rows[Symbol.asyncDispose]();
  }
}

/** The dashboard as its users have it: the real server, a database that another process writes, a real browser. */
import { schemaSql } from "../../src/db/sqlite/create.ts";
import { Tab, type TabOptions } from "./browser.ts";
import { createCrew } from "./crew.ts";
import { Scratch } from "./scratch.ts";
import { Server } from "./server.ts";
import { Writer } from "./writer.ts";

export class Board implements AsyncDisposable {
  readonly path: string;
  readonly writer: Writer;
  server: Server;
  readonly #scratch: Scratch;
  readonly #tabs: Tab[] = [];

  private constructor(scratch: Scratch, writer: Writer, server: Server) {
    this.#scratch = scratch;
    this.path = scratch.path("events.db");
    this.writer = writer;
    this.server = server;
  }

  /** @param schema what makes the table; the documented one where it is left out */
  static async open(schema: string = schemaSql("events"), args: readonly string[] = []): Promise<Board> {
    const scratch = new Scratch();
    const path = scratch.path("events.db");
    const writer = new Writer(path);
    await writer.run("PRAGMA journal_mode = WAL");
    await writer.run(schema);
    return new Board(scratch, writer, await Server.start([path, ...args]));
  }

  /** One whose file has a crew of agents, its queue, and half an hour of events up to now. */
  static async openCrew(): Promise<Board> {
    const scratch = new Scratch();
    const path = scratch.path("events.db");
    createCrew(path, Date.now());
    return new Board(
      scratch,
      new Writer(path),
      await Server.start(["events.db"], { cwd: scratch.directory }),
    );
  }

  /** @param query of the address, as in `?q=type:failed` */
  async openTab(options?: TabOptions, query = ""): Promise<Tab> {
    const tab = await Tab.open(this.server.url + query, options);
    this.#tabs.push(tab);
    return tab;
  }

  /** A tab that is connected. */
  async openConnectedTab(options?: TabOptions): Promise<Tab> {
    const tab = await this.openTab(options);
    await tab.untilText("#connection-status", "Connected");
    return tab;
  }

  /** Starts the server again at the address that the tabs know. */
  async restart(): Promise<void> {
    const { port } = this.server;
    await this.server[Symbol.asyncDispose]();
    this.server = await Server.start([this.path, "--port", String(port)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const tab of this.#tabs) await tab[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
    await this.writer[Symbol.asyncDispose]();
    this.#scratch[Symbol.dispose]();
  }
}

/** An INSERT into the documented table. */
export function insertSql(columns: Readonly<Record<string, string | number | null>>): string {
  const all = { event_type: "note", summary: "a note", ...columns };
  return `INSERT INTO events(${Object.keys(all).join(", ")}) VALUES (${Object.values(all).map(literal).join(", ")})`;
}

function literal(value: string | number | null): string {
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}

/** What a scenario plays on: a database that other processes write, the server, and a page that is watched. */
import { Tab, type TabOptions } from "../../tests/support/browser.ts";
import { Scratch } from "../../tests/support/scratch.ts";
import { Server } from "../../tests/support/server.ts";
import { Writer } from "../../tests/support/writer.ts";
import { fillTable } from "../support/fill-table.ts";
import { SteadyWriter } from "../support/steady-writer.ts";
import { PROBE } from "./probe.ts";

/** How long a page may take to connect before the scenario gives up. On a busy machine a start of Chromium takes seconds. */
const CONNECT_TIMEOUT_MS = 60_000;

export class Stage implements AsyncDisposable {
  readonly path: string;
  server: Server;
  readonly #stack: AsyncDisposableStack;

  private constructor(path: string, server: Server, stack: AsyncDisposableStack) {
    this.path = path;
    this.server = server;
    this.#stack = stack;
  }

  /**
   * @param rows that the table has from the beginning
   * @param prepare SQL that runs before the server starts
   */
  static async open({ rows = 0, prepare = [] as readonly string[] } = {}): Promise<Stage> {
    const stack = new AsyncDisposableStack();
    const path = stack.use(new Scratch()).path("events.db");
    fillTable(path, rows);
    await using writer = new Writer(path);
    for (const sql of prepare) await writer.run(sql);
    return new Stage(path, await Server.start([path]), stack);
  }

  /**
   * A page that is connected, and watches itself.
   * @param status as in `Polling`, where that is as good
   */
  async openTab(query = "", options: TabOptions = {}, status: string | RegExp = "Connected"): Promise<Tab> {
    const before = `${PROBE}\n${options.before ?? ""}`;
    const tab = this.#stack.use(await Tab.open(this.server.url + query, { ...options, before }));
    await tab.untilText("#connection-status", status, CONNECT_TIMEOUT_MS);
    // Chromium would report each event of the stream to this process, and that would be measured too.
    await tab.cdp("Network.disable");
    return tab;
  }

  /** Another process that runs any SQL. */
  openWriter(): Writer {
    return this.#stack.use(new Writer(this.path));
  }

  /** Another process that inserts rows at a steady rate. */
  async openSteadyWriter(): Promise<SteadyWriter> {
    return this.#stack.use(await SteadyWriter.start(this.path, { feed: "" }));
  }

  /** Ends the server at once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.server.stop("SIGKILL");
  }

  /** Starts it again where it was. */
  async startAgain(): Promise<void> {
    this.server = await Server.start([this.path, "--port", String(this.server.port)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    await this.server[Symbol.asyncDispose]();
  }
}

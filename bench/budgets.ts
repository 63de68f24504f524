/**
 * What the largest answers and many stuck clients cost: `bun bench/budgets.ts [another checkout's src/server.ts]`
 * (Linux, about three minutes). Prints how long `/healthz` takes while the largest lists are asked for, four at a time,
 * and the memory that 3,000 clients hold which replay from different cursors and read nothing. With the server of
 * another checkout, both are measured in turn.
 */
import { Database } from "bun:sqlite";

import { Scratch } from "../tests/support/scratch.ts";
import { lines } from "../tests/support/writer.ts";
import { fillTable } from "./support/fill-table.ts";
import { residentBytes } from "./support/process-usage.ts";
import { markdownTable, spreadOf } from "./support/report.ts";

const OWN_SERVER = new URL("../src/server.ts", import.meta.url).pathname;
const CONCURRENT = 4;
const ASK_FOR_MS = 4000;
const STUCK_CLIENTS = 3000;
const STUCK_ROWS = 200_000;
/** Long enough for the buffers of the sockets to fill, and shorter than the 30 s after which they are ended. */
const STUCK_FOR_MS = 20_000;
const MIB = 1_048_576;

/** Tables that are large in one way each, and what is asked of them. */
const ANSWERS: readonly { what: string; columns: number; rows: number; length: number; path: string }[] = [
  {
    what: "500 rows of 4 columns of 65,000",
    columns: 4,
    rows: 500,
    length: 65_000,
    path: "/api/events?limit=500",
  },
  {
    what: "500 rows of 20 columns of 60,000",
    columns: 20,
    rows: 500,
    length: 60_000,
    path: "/api/events?limit=500",
  },
  { what: "500 rows of 500 columns of 3", columns: 500, rows: 500, length: 3, path: "/api/events?limit=500" },
  { what: "one value of 100 MB", columns: 1, rows: 1, length: 100_000_000, path: "/api/events/1" },
  { what: "one value of 15 MB", columns: 1, rows: 1, length: 15_000_000, path: "/api/events/1" },
];

/** A server of any checkout: only what all of them have in common is used. */
class AnyServer implements AsyncDisposable {
  readonly url: string;
  readonly #child: Bun.Subprocess<"ignore", "pipe", "inherit">;

  private constructor(url: string, child: Bun.Subprocess<"ignore", "pipe", "inherit">) {
    this.url = url;
    this.#child = child;
  }

  static async start(server: string, database: string): Promise<AnyServer> {
    const child = Bun.spawn([process.execPath, server, database, "--port", "0", "--log-format", "json"], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    // Left open: a server whose output is closed would have to drop its lines.
    const output = lines(child.stdout);
    for (let line = await output.next(); line.done !== true; line = await output.next()) {
      const { message, url } = JSON.parse(line.value);
      if (message === "listening") return new AnyServer(String(url), child);
    }
    throw new Error(`${server} ended before it listened`);
  }

  get residentBytes(): number {
    return residentBytes(this.#child.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }
}

/** How long `/healthz` takes while an answer is asked for again and again, and how much memory that takes. */
async function measureAnswer(server: string, answer: (typeof ANSWERS)[number]): Promise<string[]> {
  using scratch = new Scratch();
  const path = scratch.path("events.db");
  const names = Array.from({ length: answer.columns }, (_, index) => `c${index}`);
  {
    using database = new Database(path);
    database.run("PRAGMA journal_mode = WAL");
    database.run(`CREATE TABLE events (id INTEGER PRIMARY KEY, ${names.join(", ")})`);
    database.run(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${answer.rows}) INSERT INTO events SELECT i, ${names.map(() => `printf('%.*c', ${answer.length}, 'x')`).join(", ")} FROM n`,
    );
  }
  await using any = await AnyServer.start(server, path);
  await (await fetch(new URL("/healthz", any.url))).text();
  const before = any.residentBytes;
  const endsAtMs = performance.now() + ASK_FOR_MS;
  let peak = before;
  let answers = 0;
  const asking = Array.from({ length: CONCURRENT }, async () => {
    while (performance.now() < endsAtMs) {
      const response = await fetch(new URL(answer.path, any.url));
      for await (const _ of response.body ?? []) peak = Math.max(peak, any.residentBytes);
      answers++;
    }
  });
  const waits: number[] = [];
  while (performance.now() < endsAtMs) {
    const startedAtMs = performance.now();
    await (await fetch(new URL("/healthz", any.url))).text();
    waits.push(performance.now() - startedAtMs);
    await Bun.sleep(20);
  }
  await Promise.all(asking);
  const { p50Ms, p99Ms } = spreadOf(Float64Array.from(waits).toSorted());
  return [
    p50Ms.toFixed(1),
    p99Ms.toFixed(1),
    Math.max(...waits).toFixed(1),
    `+${((peak - before) / MIB).toFixed(0)}`,
    String(answers),
  ];
}

/** The memory that clients take which replay and read nothing. */
async function measureStuck(server: string): Promise<string> {
  using scratch = new Scratch();
  const path = scratch.path("events.db");
  fillTable(path, STUCK_ROWS);
  await using any = await AnyServer.start(server, path);
  const { hostname, port } = new URL(any.url);
  const before = any.residentBytes;
  const sockets = [];
  for (let client = 0; client < STUCK_CLIENTS; client++) {
    const socket = await Bun.connect({
      hostname,
      port: Number(port),
      socket: {
        data: (self) => self.pause(),
      },
    });
    socket.write(`GET /api/events/stream?lastEventId=${client * 7} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    sockets.push(socket);
  }
  let peak = before;
  const endsAtMs = performance.now() + STUCK_FOR_MS;
  while (performance.now() < endsAtMs) {
    peak = Math.max(peak, any.residentBytes);
    await Bun.sleep(100);
  }
  for (const socket of sockets) socket.terminate();
  return `+${((peak - before) / MIB).toFixed(0)} MiB`;
}

const other = process.argv[2];
const servers = { "this checkout": OWN_SERVER, ...(other === undefined ? {} : { "the other": other }) };
const rows: string[][] = [];
for (const answer of ANSWERS)
  for (const [name, server] of Object.entries(servers))
    rows.push([answer.what, name, ...(await measureAnswer(server, answer))]);
console.log(
  markdownTable(
    ["four at a time", "server", "/healthz p50, ms", "p99", "max", "memory, MiB", "answers"],
    rows,
  ),
);
for (const [name, server] of Object.entries(servers))
  console.log(`${STUCK_CLIENTS} stuck replays, ${name}: ${await measureStuck(server)}`);
process.exit(0);

/**
 * Measures Tailboard on PostgreSQL, all on this machine: `bun bench/postgres.ts [--only NAME,NAME] [--seconds N] [--seed S]`.
 * It starts a PostgreSQL server of its own. The tables go to standard output, progress to standard error. Linux only.
 */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";

import { notifySql, schemaSql } from "../src/db/postgres/setup-sql.ts";
import { Postgres } from "../tests/support/postgres.ts";
import { randomFrom } from "../tests/support/random.ts";
import { Server } from "../tests/support/server.ts";
import { until } from "../tests/support/until.ts";
import { HoppingClient } from "./postgres/hopping-client.ts";
import { committedTimes, possibleTimes, Writers } from "./postgres/writers.ts";
import { Load } from "./support/load.ts";
import { percentile } from "./support/percentiles.ts";
import { cpuSeconds } from "./support/process-usage.ts";
import { delaysOf } from "./support/records.ts";
import { atMost, count, type Goal, ms, printResult, spreadOf } from "./support/report.ts";

const RATE = 100;
const WARM_UP_SECONDS = 2;
const SUBSCRIBERS = 10;
const HOPPING_CLIENTS = 20;
const WRITERS = 8;
const LONGEST_TRANSACTION_MS = 300;
const ROLLED_BACK_PERCENT = 15;
const MANY_SERVERS = 4;
const MANY_SUBSCRIBERS = 250;
/** Tests do without: a server that is killed then loses what was committed. */
const AS_IN_USE = ["fsync = on", "synchronous_commit = on", "full_page_writes = on"];
const ARRIVAL_MS = 30_000;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "latency,poll,writers,faults,many" },
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
  },
});
const seconds = Number(values.seconds);
const names = values.only.split(",");
const say = (text: string): void => console.error(`${new Date().toISOString()} ${text}`);

/** A database with the table, and with the trigger where that is wanted. */
async function createTable(postgres: Postgres, hasTrigger: boolean): Promise<string> {
  const name = await postgres.createDatabase();
  await using sql = postgres.connect(name);
  await sql.unsafe(schemaSql("events"));
  if (hasTrigger) await sql.unsafe(notifySql("events"));
  return postgres.url(name);
}

const peerOf = (server: Server) => ({
  name: "tailboard",
  port: server.port,
  path: "/api/events/stream",
  pids: [server.process.pid],
  idPattern: '\ndata: {"id":',
  feed: "",
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

/** From the commit of another process to the bytes at the client. */
async function latency(hasTrigger: boolean, p50: number | undefined, p99: number): Promise<void> {
  await using postgres = await Postgres.start({ settings: AS_IN_USE });
  const url = await createTable(postgres, hasTrigger);
  await using server = await Server.start([url]);
  await using writers = await Writers.start(url);
  await using load = await Load.start(peerOf(server));
  await load.open("live", SUBSCRIBERS, 0, 0);
  await writers.write({ kind: "steady", rate: RATE, seconds: WARM_UP_SECONDS });
  const written = await writers.write({ kind: "steady", rate: RATE, seconds });
  const committedAt = committedTimes(written);
  await load.arrival("live", Math.max(...committedAt.keys()), ARRIVAL_MS);
  const spread = spreadOf(
    delaysOf(await load.takeRecords("live", `${postgres.directory}/records`), committedAt),
  );
  const { lost, duplicated, outOfOrder } = await load.report("live");
  const what = hasTrigger ? "with the trigger" : "without the trigger";
  printResult({
    name: "latency",
    title: `From the commit to ${SUBSCRIBERS} subscribers at ${RATE} events/s, ${what}`,
    measurements: [],
    goals: [
      ...(p50 === undefined ? [] : [atMost("p50", p50, spread.p50Ms, ms)]),
      atMost("p99", p99, spread.p99Ms, ms),
      none("lost, twice or out of order", lost + duplicated + outOfOrder),
    ],
    notes: [`p50 ${ms(spread.p50Ms)}, p99 ${ms(spread.p99Ms)}, max ${ms(spread.maxMs)}; ${busy()}`],
  });
}

/** Random transactions, two Tailboards, and clients that go from one to the other. */
async function hopping(withFaults: boolean): Promise<void> {
  await using postgres = await Postgres.start({ settings: AS_IN_USE });
  const url = await createTable(postgres, true);
  const servers = [await Server.start([url]), await Server.start([url])];
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => {
    for (const server of servers) await server[Symbol.asyncDispose]();
  });
  await using writers = await Writers.start(url);
  const random = randomFrom(Number(values.seed));
  const clients = Array.from({ length: HOPPING_CLIENTS }, () =>
    stack.use(new HoppingClient(() => servers, random)),
  );
  const writing = writers.write({
    kind: "random",
    writers: WRITERS,
    seconds,
    longestMs: LONGEST_TRANSACTION_MS,
    rolledBackPercent: ROLLED_BACK_PERCENT,
    seed: Number(values.seed),
  });
  if (withFaults) {
    await Bun.sleep((seconds * 1000) / 3);
    say("postgres: kills a Tailboard");
    const [first] = servers;
    const port = first?.port ?? 0;
    await first?.stop("SIGKILL");
    servers[0] = await Server.start([url, "--port", String(port)]);
    await Bun.sleep((seconds * 1000) / 3);
    say("postgres: restarts PostgreSQL");
    await postgres.restart("immediate");
  }
  const transactions = await writing;
  await using sql = new Bun.SQL(url, { max: 1 });
  const stored: { id: string }[] = await sql`SELECT id::text AS id FROM events ORDER BY events.id`;
  const ids = stored.map(({ id }) => Number(id));
  const isLevel = () => clients.every(({ received }) => received.has(ids.at(-1) ?? 0));
  await until(isLevel, "every client to have the last row", ARRIVAL_MS).catch(() => undefined);
  const sum = (of: (client: HoppingClient) => number): number =>
    clients.reduce((total, client) => total + of(client), 0);
  const lost = sum(({ received }) => ids.filter((id) => !received.has(id)).length);
  const possible = possibleTimes(transactions);
  const committed = committedTimes(transactions);
  const delays = (from: ReadonlyMap<number, number>): number[] =>
    clients.flatMap(({ received }) =>
      [...received].flatMap(([id, at]) => {
        const since = from.get(id);
        // A client that was on its way from one server to the other is no measure of either.
        return since === undefined || at - since > 1000 ? [] : [at - since];
      }),
    );
  const sincePossible = delays(possible);
  const sinceCommit = delays(committed);
  printResult({
    name: "writers",
    title: `${WRITERS} writers with transactions of up to ${LONGEST_TRANSACTION_MS} ms, ${ROLLED_BACK_PERCENT} % rolled back, two Tailboards, ${HOPPING_CLIENTS} clients that hop${withFaults ? "; a Tailboard is killed, PostgreSQL restarted" : ""}`,
    measurements: [],
    goals: [
      none("lost", lost),
      none(
        "twice",
        sum(({ twice }) => twice),
      ),
      none(
        "out of order",
        sum(({ outOfOrder }) => outOfOrder),
      ),
      none(
        "resets",
        sum(({ resets }) => resets),
      ),
      ...(withFaults
        ? []
        : [atMost("p50 after id order was possible", 2, percentile(sincePossible, 0.5), ms)]),
    ],
    notes: [
      `${count(ids.length)} rows, ${count(sum(({ hops }) => hops))} hops`,
      `after id order was possible: p50 ${ms(percentile(sincePossible, 0.5))}, p99 ${ms(percentile(sincePossible, 0.99))}; after the commit: p50 ${ms(percentile(sinceCommit, 0.5))}, p99 ${ms(percentile(sinceCommit, 0.99))}; ${busy()}`,
    ],
  });
}

/** What one server and what several cost PostgreSQL, with the same writer. */
async function many(): Promise<void> {
  const one = await follow(1, MANY_SUBSCRIBERS);
  const alone = await follow(1, 1);
  const four = await follow(MANY_SERVERS, MANY_SUBSCRIBERS);
  const wrong = one.wrong + four.wrong + alone.wrong;
  printResult({
    name: "many",
    title: `${MANY_SERVERS} Tailboards with ${MANY_SUBSCRIBERS} subscribers each, ${RATE} events/s`,
    measurements: [],
    goals: [
      none("lost, twice or out of order", wrong),
      atMost(
        `CPU of PostgreSQL, times that of one (without its writer)`,
        MANY_SERVERS,
        four.cpuShare / one.cpuShare,
        (value) => value.toFixed(2),
      ),
    ],
    notes: [
      `CPU of PostgreSQL: 1 Tailboard with 1 subscriber ${(alone.cpuShare * 100).toFixed(1)} % of a core, with ${MANY_SUBSCRIBERS} ${(one.cpuShare * 100).toFixed(1)} %; ${MANY_SERVERS} with ${MANY_SUBSCRIBERS} each ${(four.cpuShare * 100).toFixed(1)} %; ${busy()}`,
    ],
  });
}

async function follow(
  serverCount: number,
  subscribers: number,
): Promise<{ wrong: number; cpuShare: number }> {
  say(`postgres: ${serverCount} servers, ${subscribers} subscribers each`);
  await using postgres = await Postgres.start({ settings: AS_IN_USE });
  const url = await createTable(postgres, true);
  await using stack = new AsyncDisposableStack();
  await using writers = await Writers.start(url);
  const loads: Load[] = [];
  for (let index = 0; index < serverCount; index++) {
    const server = stack.use(await Server.start([url]));
    const load = stack.use(await Load.start(peerOf(server)));
    await load.open("live", subscribers, 0, 0);
    loads.push(load);
  }
  await writers.write({ kind: "steady", rate: RATE, seconds: WARM_UP_SECONDS });
  const before = cpuOfPostgres(postgres);
  const startedAtMs = performance.now();
  const written = await writers.write({ kind: "steady", rate: RATE, seconds: seconds / 3 });
  const cpuShare = ((cpuOfPostgres(postgres) - before) * 1000) / (performance.now() - startedAtMs);
  const lastId = Math.max(...written.flatMap(({ ids }) => ids));
  let wrong = 0;
  for (const load of loads) {
    if (!(await load.arrival("live", lastId, ARRIVAL_MS))) wrong++;
    const { lost, duplicated, outOfOrder } = await load.report("live");
    wrong += lost + duplicated + outOfOrder;
  }
  return { wrong, cpuShare };
}

/** Of the server and all of its connections, those of the writer among them. In seconds. */
function cpuOfPostgres({ pid }: Postgres): number {
  const children = Bun.spawnSync(["pgrep", "-P", String(pid)])
    .stdout.toString()
    .split("\n")
    .filter(Boolean);
  return [pid, ...children.map(Number)].reduce((sum, each) => sum + cpuSeconds(each), 0);
}

function none(what: string, faults: number): Goal {
  return { what, goal: "none", measured: String(faults), met: faults === 0 };
}

function busy(): string {
  return `load average ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores`;
}

const PARTS: Readonly<Record<string, () => Promise<void>>> = {
  latency: () => latency(true, 2, 10),
  poll: () => latency(false, undefined, 300),
  writers: () => hopping(false),
  faults: () => hopping(true),
  many,
};
const unknown = names.filter((name) => PARTS[name] === undefined);
if (unknown.length > 0) {
  console.error(`there is no part ${unknown.join(", ")}; there are ${Object.keys(PARTS).join(", ")}`);
  process.exit(2);
}
for (const name of names) {
  say(`postgres: ${name}`);
  await PARTS[name]?.();
}
process.exit(0);

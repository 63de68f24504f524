/**
 * Measures what the specification asks for in figures: `bun bench/verification.ts`, about three
 * minutes on Linux. The results stand in docs/verification.md.
 */
import { createDatabase } from "../src/db/sqlite/create.ts";
import { Scratch } from "../tests/support/scratch.ts";
import { Server } from "../tests/support/server.ts";
import { Writer } from "../tests/support/writer.ts";
import { Clients } from "./support/clients.ts";
import { spread } from "./support/percentiles.ts";
import { cpuShareDuring, residentBytes } from "./support/process-usage.ts";

const CLIENTS = 10;
const EVENTS = 1000;
const GAP_MS = 10;
const IDLE_MS = 30_000;
/** What was just started still compiles its code. */
const SETTLE_MS = 10_000;
const QUIET_MS = 90_000;
const CONNECTIONS = 1000;

using scratch = new Scratch();
const path = scratch.path("events.db");
createDatabase(path, "events");
await using writer = new Writer(path);
await using server = await Server.start([path]);
const { pid } = server.process;
const streamUrl = `${server.url}api/events/stream`;
const row = (what: string, value: string): void => console.log(`${what.padEnd(64)} ${value}`);
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

{
  await using clients = await Clients.open(streamUrl, CLIENTS);
  await Bun.sleep(SETTLE_MS);
  const idle = await cpuShareDuring(pid, () => Bun.sleep(IDLE_MS));
  row(`CPU, idle, ${CLIENTS} clients, ${IDLE_MS / 1000} s`, percent(idle));

  let committedAt: number[] = [];
  // bun's sleep rounds up, so the writer is a little slower than its gap: the rate is printed as it was.
  const startedAtMs = performance.now();
  const active = await cpuShareDuring(
    pid,
    async () => (committedAt = await writer.insert(EVENTS, GAP_MS - 1)),
  );
  const seconds = (performance.now() - startedAtMs) / 1000;
  await Bun.sleep(500);
  const received = await clients.take();
  const expected = Array.from({ length: EVENTS }, (_, index) => String(index + 1)).join();
  const complete = received.filter((client) => client.ids.join() === expected).length;
  const delays = received.flatMap((client) =>
    client.receivedAt.map((at, index) => at - (committedAt[index] ?? Number.NaN)),
  );
  row(
    `${EVENTS} events at ${(EVENTS / seconds).toFixed(0)}/s: clients with all of them, once, in order`,
    `${complete} of ${CLIENTS}`,
  );
  const { p50, p99, max } = spread(delays);
  row("commit by another process to client, ms", `p50 ${p50}  p99 ${p99}  max ${max}`);
  row("CPU while they stream", percent(active));
}

{
  const before = residentBytes(pid);
  await using connections = new AsyncDisposableStack();
  connections.use(await Clients.open(streamUrl, CONNECTIONS));
  row(
    `memory per connection, ${CONNECTIONS} connections`,
    `${((residentBytes(pid) - before) / CONNECTIONS / 1024).toFixed(1)} KiB`,
  );
}

{
  await using quiet = await server.follow();
  await Bun.sleep(QUIET_MS);
  await writer.insert();
  await quiet.waitForRows(1);
  row(
    `a stream left quiet for ${QUIET_MS / 1000} s delivers the next row`,
    `yes, after ${quiet.comments.length} keep-alives`,
  );
}

/** Subscribers follow a table that is written at a steady rate: what most scenarios are made of. */
import { Database } from "bun:sqlite";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { Scratch } from "../../tests/support/scratch.ts";
import { MissingPeer, type Peer } from "../peers/peer.ts";
import { type PeerName, startPeer } from "../peers/peers.ts";
import { type Asked, countAsked } from "../support/asked.ts";
import type { BenchContext } from "../support/bench-context.ts";
import { Load } from "../support/load.ts";
import { delaysOf } from "../support/records.ts";
import { BUSY_SHARE, type Measurement, spreadOf } from "../support/report.ts";
import { SteadyWriter, type WriteOrder, type WrittenRows } from "../support/steady-writer.ts";
import { memoryOf, startMachineUsage, startUsage } from "../support/usage.ts";

/** What was just started still compiles its code: events of this time are checked, and not timed. */
const WARM_UP_SECONDS = 2;
/** For memory to come to rest. */
const SETTLE_MS = 1000;

export interface Following {
  readonly what: string;
  readonly subscribers: number;
  /** Rows a second. */
  readonly rate: number;
  readonly rowsPerCommit?: number;
  readonly paddingBytes?: number;
  /** A database that exists; a new one where it is left out. */
  readonly path?: string;
  /** Questions of the subscribers, one after the other. The database has to be a new one. */
  readonly asked?: readonly Asked[];
}

/** The commits of some rows, by ID. */
export function commitTimes({ firstId, committedAt }: WrittenRows): Map<number, number> {
  return new Map(committedAt.map((at, index) => [firstId + index, at]));
}

/** The newest ID of a database. */
export function newestId(path: string): number {
  using database = new Database(path, { readonly: true });
  return database.query<{ id: number | null }, []>("SELECT max(id) AS id FROM events").get()?.id ?? 0;
}

/**
 * Measures one peer: again, where other programs kept the machine busy meanwhile. Of several tries the one counts
 * that was disturbed least, whatever its figures are.
 */
export async function follow(
  name: PeerName,
  following: Following,
  context: BenchContext,
): Promise<Measurement | MissingPeer> {
  let best: Measurement | undefined;
  for (let count = 1; ; count++) {
    context.say(`${following.what}: ${name}${count > 1 ? ", again, on a less busy machine" : ""}`);
    const measured = await followOnce(name, following, context);
    if (measured instanceof MissingPeer) return measured;
    if (best === undefined || measured.othersCpu < best.othersCpu) best = measured;
    if (best.othersCpu <= BUSY_SHARE || count >= context.tries) return best;
  }
}

async function followOnce(
  name: PeerName,
  following: Following,
  context: BenchContext,
): Promise<Measurement | MissingPeer> {
  using scratch = new Scratch();
  const path = following.path ?? scratch.path("events.db");
  createDatabase(path, "events");
  const peer = await startPeer(name, path, [
    "--max-connections",
    String(following.subscribers + 100),
    ...context.serverArgs,
  ]);
  if (peer instanceof MissingPeer) return peer;
  await using stack = new AsyncDisposableStack();
  stack.use(peer);
  return await measure(peer, following, context, path, scratch.path("records"));
}

async function measure(
  peer: Peer,
  { what, subscribers, rate, rowsPerCommit = 1, paddingBytes = 0, asked = [] }: Following,
  { seconds }: BenchContext,
  path: string,
  recordsFile: string,
): Promise<Measurement> {
  await using load = await Load.start(peer);
  await using writer = await SteadyWriter.start(path, peer);
  const startId = newestId(path);
  await Bun.sleep(SETTLE_MS);
  const memoryAtStart = memoryOf(peer.pids);
  await load.open("live", subscribers, startId, null, asked);
  await Bun.sleep(SETTLE_MS);
  const memoryOpen = memoryOf(peer.pids);

  const order: WriteOrder = { rate, seconds, rowsPerCommit, paddingBytes };
  const warmUp = await writer.write({ ...order, seconds: WARM_UP_SECONDS });
  await load.arrival("live", startId + warmUp.committedAt.length);
  await load.takeRecords("live", recordsFile);

  const usages = [peer.pids, [load.pid], [writer.pid]].map(startUsage);
  const endMachine = startMachineUsage();
  const written = await writer.write(order);
  const lastId = written.firstId + written.committedAt.length - 1;
  await load.arrival("live", lastId);
  const [server, generator, writing] = usages.map((end) => end());
  const own = [server, generator, writing].reduce((total, usage) => total + (usage?.share ?? 0), 0);
  const othersCpu = endMachine().share - own;
  const memoryStreaming = memoryOf(peer.pids);

  const delays = delaysOf(await load.takeRecords("live", recordsFile), commitTimes(written));
  const { events, duplicated, outOfOrder, unasked } = await load.report("live");
  let expected = 0;
  for (let index = 0; index < subscribers; index++)
    expected += countAsked(asked[index % asked.length], startId, lastId);
  return {
    what,
    peer: peer.name,
    delivered: delays.length,
    // Whatever did not come, in the middle or at the end, of the warm-up too.
    lost: expected - (events - duplicated - unasked),
    duplicated,
    // What was not asked for is in no place where it belongs.
    outOfOrder: outOfOrder + unasked,
    ...spreadOf(delays),
    serverCpu: server?.share ?? Number.NaN,
    generatorCpu: generator?.share ?? Number.NaN,
    writerCpu: writing?.share ?? Number.NaN,
    othersCpu,
    openBytesPerSubscriber: (memoryOpen - memoryAtStart) / subscribers,
    streamingBytesPerSubscriber: (memoryStreaming - memoryAtStart) / subscribers,
    cpuMicrosPerEvent: ((server?.cpuSeconds ?? Number.NaN) * 1e6) / delays.length,
    writerLateMs: written.lateMs,
  };
}

/** Measures several peers, one after the other: side by side they would measure each other. */
export async function followAll(
  names: readonly PeerName[],
  following: Following,
  context: BenchContext,
): Promise<{ measurements: Measurement[]; notes: string[] }> {
  const measurements: Measurement[] = [];
  const notes: string[] = [];
  for (const name of names) {
    const measured = await follow(name, following, context).catch((error: unknown) => {
      if (name === "tailboard") throw error;
      return new MissingPeer(name, `could not be measured: ${String(error)}`);
    });
    if (measured instanceof MissingPeer) notes.push(`${measured.name}: ${measured.reason}`);
    else measurements.push(measured);
  }
  return { measurements, notes };
}

/** Measures Tailboard alone. */
export async function followTailboard(following: Following, context: BenchContext): Promise<Measurement> {
  const measured = await follow("tailboard", following, context);
  if (measured instanceof MissingPeer) throw new Error(measured.reason);
  return measured;
}

/** Streams that follow live, without and beside other work of the server. */
import { Scratch } from "../../tests/support/scratch.ts";
import type { Peer } from "../peers/peer.ts";
import { commitTimes, newestId } from "../scenarios/follow.ts";
import { Load } from "./load.ts";
import { delaysOf, percentileOfSorted } from "./records.ts";
import { atMost, type Goal, ms, spreadOf } from "./report.ts";
import { SteadyWriter } from "./steady-writer.ts";

const CLIENTS = 10;
const RATE = 100;
const WARM_UP_SECONDS = 2;
/** Alone and beside the work in turn, so that a machine that gets slower meanwhile is in both. */
const ROUNDS = 3;

/** Works again and again until it is over. */
export type Work = (isOver: () => boolean) => Promise<void>;

export interface Beside {
  /** In milliseconds from commit to client, sorted. */
  readonly alone: Float64Array;
  readonly beside: Float64Array;
  /** Events lost, twice or out of order. */
  readonly faults: number;
}

/** Measures for so many seconds without the work, and as many beside it. */
export async function measureBeside(peer: Peer, path: string, seconds: number, work: Work): Promise<Beside> {
  using scratch = new Scratch();
  await using load = await Load.start(peer);
  await using writer = await SteadyWriter.start(path, peer);
  await load.open("live", CLIENTS, newestId(path));
  const follow = async (forSeconds: number): Promise<Float64Array> => {
    const order = { rate: RATE, seconds: forSeconds, rowsPerCommit: 1, paddingBytes: 0 };
    const written = await writer.write(order);
    await load.arrival("live", written.firstId + written.committedAt.length - 1);
    return delaysOf(await load.takeRecords("live", scratch.path("records")), commitTimes(written));
  };
  await follow(WARM_UP_SECONDS);
  // The work's own code is compiled before it is measured, too.
  await untilDone(work, () => follow(WARM_UP_SECONDS));
  const alone: Float64Array[] = [];
  const beside: Float64Array[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await follow(seconds / ROUNDS));
    beside.push(await untilDone(work, () => follow(seconds / ROUNDS)));
  }
  const { lost, duplicated, outOfOrder } = await load.report("live");
  return { alone: join(alone), beside: join(beside), faults: lost + duplicated + outOfOrder };
}

/** Has the work go on until something else is done. */
export async function untilDone<T>(work: Work, task: () => Promise<T>): Promise<T> {
  let isOver = false;
  const working = work(() => isOver);
  try {
    return await task();
  } finally {
    isOver = true;
    await working;
  }
}

export function besideGoals(what: string, factor: number, { alone, beside, faults }: Beside): Goal[] {
  const [without, during] = [alone, beside].map((delays) => percentileOfSorted(delays, 0.99));
  return [
    {
      what: `${what}: events of the streams`,
      goal: "none lost, twice or out of order",
      measured: String(faults),
      met: faults === 0,
    },
    atMost(
      `${what}: p99 of the streams, ${factor} × that without (${ms(without ?? Number.NaN)})`,
      (without ?? Number.NaN) * factor,
      during ?? Number.NaN,
      ms,
    ),
  ];
}

export function besideNote(what: string, { alone, beside }: Beside): string {
  const text = (delays: Float64Array): string => {
    const { p50Ms, p99Ms, maxMs } = spreadOf(delays);
    return `p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}, max ${ms(maxMs)}`;
  };
  return `${what}: ${CLIENTS} streams at ${RATE} events/s alone: ${text(alone)}; beside it: ${text(beside)}`;
}

function join(parts: readonly Float64Array[]): Float64Array {
  return new Float64Array(parts.flatMap((part) => [...part])).toSorted();
}

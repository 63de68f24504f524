/** Tells of a person's first stream, and not of each that follows: a page opens another one after every interruption. */
import type { Visitor } from "./proxies.ts";
import { RecentMap } from "./recent-map.ts";

/** Somebody who opens no stream for so long has left, and the next one is told of. */
const VISIT_MS = 1_800_000;

/** People that are known at a time. */
const MAX_PEOPLE = 1000;

export class Visits {
  readonly #seenAtMs = new RecentMap<number>(MAX_PEOPLE);
  readonly #nowMs: () => number;

  /** @param nowMs a monotonic clock */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** @returns whether it is the first stream of a visit of somebody whose name is known */
  isFirst({ user, address }: Visitor): boolean {
    if (user === undefined) return false;
    const key = `${address} ${user}`;
    const seenAtMs = this.#seenAtMs.get(key) ?? -Infinity;
    const nowMs = this.#nowMs();
    this.#seenAtMs.set(key, nowMs);
    return nowMs - seenAtMs > VISIT_MS;
  }
}

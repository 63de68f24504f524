/** How many requests one client may make: a bucket of requests that fills again as time goes by. */
import { HttpProblem } from "../problem.ts";
import { isLoopback, networkOf } from "./ip-address.ts";
import { RecentMap } from "./recent-map.ts";

/**
 * Requests of one address per second, in the long run. A tab that polls makes about one a second, and a script that
 * asks one request after another a hundred: an office behind one address fits.
 */
export const REQUESTS_PER_SECOND = 200;

/** Requests of one address at once: 24 tabs that open together make 700, and 1,000 streams come back after a restart. */
export const REQUEST_BURST = 2000;

/** Addresses that are counted at a time. One takes about 150 bytes. */
const MAX_ADDRESSES = 10_000;

const MS_PER_SECOND = 1000;

interface Bucket {
  /** Requests that are left, with a fraction. */
  left: number;
  /** When it was filled last, on the monotonic clock. */
  filledAtMs: number;
}

export class RequestRate {
  readonly #buckets = new RecentMap<Bucket>(MAX_ADDRESSES);
  readonly #nowMs: () => number;

  /** @param nowMs a monotonic clock */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /**
   * Counts one request. Programs on this machine are not limited: they could take its processor anyway, and a proxy
   * that is not named with --trusted-proxy is one address for all who come through it.
   * @param address of the client, as `ipAddress` writes it
   * @throws HttpProblem 429 where its bucket is empty
   */
  count(address: string): void {
    if (isLoopback(address)) return;
    const key = networkOf(address);
    const nowMs = this.#nowMs();
    const { left, filledAtMs } = this.#buckets.get(key) ?? { left: REQUEST_BURST, filledAtMs: nowMs };
    const gained = ((nowMs - filledAtMs) / MS_PER_SECOND) * REQUESTS_PER_SECOND;
    const available = Math.min(left + gained, REQUEST_BURST);
    const isAllowed = available >= 1;
    this.#buckets.set(key, { left: isAllowed ? available - 1 : available, filledAtMs: nowMs });
    if (isAllowed) return;
    throw new HttpProblem({
      status: 429,
      title: "Too many requests",
      detail: `${address} makes more than ${REQUESTS_PER_SECOND} requests per second, which is the limit for one address: ask again in a second, and follow /api/events/stream rather than ask again and again.`,
      headers: { "Retry-After": "1" },
    });
  }
}

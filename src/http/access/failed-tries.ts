/**
 * Slows down who guesses tokens. A right token is never slowed down, also where it comes from the same address, such as
 * that of a proxy: so this does not bound how often somebody may guess. The length of the token does, and the number of
 * requests of an address.
 */
import { networkOf } from "./ip-address.ts";
import { RecentMap } from "./recent-map.ts";

/** So many wrong tokens in a row are answered at once: people mistype. */
export const FREE_TRIES = 3;
/** The first answer that is held back waits so long, and each further one twice as long as the one before. */
const FIRST_DELAY_MS = 250;
/** Longer would leave a person in doubt whether the server is there, and would hold up its end. */
export const LONGEST_DELAY_MS = 2000;
/** An address that gave no wrong token for so long begins anew. */
const FORGIVEN_AFTER_MS = 60_000;
/** Answers that may be held back for one address; further ones are 429 at once. */
export const MAX_WAITING_PER_ADDRESS = 16;
/** The same for all addresses together. One takes a few KiB. */
const MAX_WAITING = 512;
/** Addresses that are remembered at a time. */
const MAX_ADDRESSES = 10_000;

interface Tries {
  failed: number;
  failedAtMs: number;
  waiting: number;
}

export class FailedTries {
  readonly #tries = new RecentMap<Tries>(MAX_ADDRESSES);
  readonly #nowMs: () => number;
  readonly #wait: (ms: number) => Promise<void>;
  #waiting = 0;

  /**
   * @param nowMs a monotonic clock
   * @param wait resolves after so many milliseconds
   */
  constructor(
    nowMs: () => number = () => performance.now(),
    wait: (ms: number) => Promise<void> = Bun.sleep,
  ) {
    this.#nowMs = nowMs;
    this.#wait = wait;
  }

  /**
   * Counts a wrong token, and holds its answer back.
   * @param address of the client, as `ipAddress` writes it
   * @returns `waited` when it may be answered, or `too-many` at once where too many answers wait already
   */
  async count(address: string): Promise<"waited" | "too-many"> {
    const key = networkOf(address);
    const nowMs = this.#nowMs();
    const known = this.#tries.get(key);
    const tries = known ?? { failed: 0, failedAtMs: nowMs, waiting: 0 };
    if (nowMs - tries.failedAtMs > FORGIVEN_AFTER_MS) tries.failed = 0;
    tries.failed++;
    tries.failedAtMs = nowMs;
    this.#tries.set(key, tries);
    const delayMs = delayAfter(tries.failed);
    if (delayMs === 0) return "waited";
    if (tries.waiting >= MAX_WAITING_PER_ADDRESS || this.#waiting >= MAX_WAITING) return "too-many";
    tries.waiting++;
    this.#waiting++;
    try {
      await this.#wait(delayMs);
    } finally {
      tries.waiting--;
      this.#waiting--;
    }
    return "waited";
  }
}

function delayAfter(failed: number): number {
  if (failed <= FREE_TRIES) return 0;
  return Math.min(FIRST_DELAY_MS * 2 ** (failed - FREE_TRIES - 1), LONGEST_DELAY_MS);
}

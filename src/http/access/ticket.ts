/**
 * Signs one browser in, once: `--open` hands it to the browser on a command line, where everybody on the machine can
 * read it. The token must not stand there.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";

/** A browser that has to start first, on a machine that is busy. */
const VALID_MS = 60_000;

const BYTES = 24;

export class Ticket {
  #issued: { readonly text: string; readonly endsAtMs: number } | undefined;
  readonly #nowMs: () => number;

  /** @param nowMs a monotonic clock */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Makes one, in place of the one before. */
  issue(): string {
    const text = randomBytes(BYTES).toString("base64url");
    this.#issued = { text, endsAtMs: this.#nowMs() + VALID_MS };
    return text;
  }

  /** Whether it is the ticket. It is used up then. */
  take(given: string): boolean {
    const issued = this.#issued;
    if (issued === undefined || this.#nowMs() > issued.endsAtMs) return false;
    const [expected, found] = [Buffer.from(issued.text), Buffer.from(given)];
    if (expected.length !== found.length || !timingSafeEqual(expected, found)) return false;
    this.#issued = undefined;
    return true;
  }
}

/**
 * Leaves gaps in a long read, in which a checkpoint gets its lock. Beside a writer a checkpoint of mode RESTART or
 * TRUNCATE waits until one place for readers is free, and tries again in pauses of up to 25 ms during its first 100 ms
 * (SQLite's busy handler). A reader that takes the same place again after each slice would be met there at nearly every
 * try: one of 50 checkpoints waited for 2 s in vain.
 */

/** Longer than the pauses between two tries. In ms. */
export const GAP_MS = 27;

/** Between two gaps, so that a checkpoint has one within its first 80 ms. In ms. */
export const READING_MS = 50;

/** After so long without a commit nobody writes: then each slice sees the same rows, and takes a place that is in nobody's way. In ms. */
const WRITER_GONE_MS = 1000;

export class CheckpointGaps {
  #committedAtMs = -Infinity;
  #readingSinceMs = -Infinity;
  #lastReadAtMs = -Infinity;

  /** To be called when somebody has committed. @param nowMs of a clock that never goes back */
  noteCommit(nowMs: number): void {
    this.#committedAtMs = nowMs;
  }

  /** To be called after each slice. */
  noteRead(nowMs: number): void {
    this.#lastReadAtMs = nowMs;
  }

  /** How long nothing is to be read; 0 where the next slice may begin. In ms. */
  pauseMs(nowMs: number): number {
    const idleMs = nowMs - this.#lastReadAtMs;
    if (idleMs >= GAP_MS) this.#readingSinceMs = nowMs;
    if (nowMs - this.#committedAtMs > WRITER_GONE_MS || nowMs - this.#readingSinceMs < READING_MS) return 0;
    return GAP_MS - idleMs;
  }
}

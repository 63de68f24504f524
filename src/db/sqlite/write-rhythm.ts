/**
 * When a backlog is read in the rollback modes. A page holds a lock for as long as it is read, and a writer that
 * wants to commit just then is refused. How many are refused depends on the time that all pages take together, not on
 * the pauses between them; but most writers have a rhythm, and right after a commit the next one is not due.
 */

/** Commits whose pauses are remembered. */
const KEPT_PAUSES = 8;

/** Of the shortest pause between two commits: for how long after a commit it is read. */
const READ_SHARE = 0.5;

/** In shortest pauses: after so many without a commit the writer has stopped, or has another rhythm. */
const STOPPED_AFTER = 4;

/** Nobody waits longer for the next commit to come. In ms. */
const LONGEST_PAUSE_MS = 1000;

export class WriteRhythm {
  #committedAtMs = -Infinity;
  #pausesMs: number[] = [];

  /** To be called at every commit that is noticed. @param nowMs of any clock that only goes forward */
  committed(nowMs: number): void {
    if (Number.isFinite(this.#committedAtMs))
      this.#pausesMs = [...this.#pausesMs, nowMs - this.#committedAtMs].slice(-KEPT_PAUSES);
    this.#committedAtMs = nowMs;
  }

  /** For how long nothing should be read, unless a commit is noticed before; 0 when it should be read now. */
  pauseMs(nowMs: number): number {
    const shortestMs = Math.min(...this.#pausesMs);
    const sinceMs = nowMs - this.#committedAtMs;
    if (!Number.isFinite(shortestMs) || sinceMs < shortestMs * READ_SHARE) return 0;
    const untilMs = Math.min(shortestMs * STOPPED_AFTER, shortestMs * READ_SHARE + LONGEST_PAUSE_MS);
    return Math.max(0, untilMs - sinceMs);
  }
}

/** What follows where the rows of the page mean nothing any longer: their log was reset, or it is another one. */
import type { Reset } from "../stream/stream.ts";
import type { Backlog } from "./backlog.ts";
import type { Notices } from "./notices.ts";
import type { Outage } from "./outage.ts";

/** Logs that follow each other faster than this are a storm, and must not become a tight loop. */
const STORM_MS = 5000;

interface Options {
  readonly backlog: Pick<Backlog, "resumeFrom" | "invalidate">;
  readonly outage: Outage;
  readonly notices: Notices;
  /** Loads the newest rows, and connects from there on; later where it is `reset-again`. */
  readonly restart: (event: "reset" | "reset-again") => void;
}

export class Resets {
  readonly #options: Options;
  /** Why the log may be another one. The newest rows will show whether it is. */
  #suspicion: string | undefined;
  #otherLogAt = -Infinity;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The server has reset the log. */
  onReset(reset: Reset): void {
    const { backlog, outage } = this.#options;
    const resumedFrom = BigInt(reset.resumedFrom);
    // An old server says nothing of its oldest row, and goes back to the start of the log.
    const isPartial = reset.oldestId !== undefined && resumedFrom >= BigInt(reset.oldestId);
    if (isPartial) {
      backlog.resumeFrom({ cursor: resumedFrom, log: reset.log });
      outage.retarget(BigInt(reset.latestId));
    } else {
      this.onOtherLog(reset.reason);
    }
  }

  /** The log is another one. */
  onOtherLog(reason: string): void {
    this.#options.notices.reset(reason);
    this.#startOverSlowly();
  }

  /** The log may be another one, or the same under another name. The rows will tell. */
  suspect(reason: string): void {
    this.#suspicion = reason;
    this.#startOverSlowly();
  }

  /**
   * The newest rows are there, and tell whether a suspicion was right.
   * @param agrees one of them was shown before: another name for the same rows is nothing to tell
   */
  onLoaded(agrees: boolean): void {
    if (this.#suspicion !== undefined && !agrees) this.#options.notices.reset(this.#suspicion);
    this.#suspicion = undefined;
  }

  /** Another question is asked. */
  onAsked(): void {
    this.#startOver("reset");
  }

  #startOverSlowly(): void {
    const now = performance.now();
    const isStorm = now - this.#otherLogAt < STORM_MS;
    this.#otherLogAt = now;
    this.#startOver(isStorm ? "reset-again" : "reset");
  }

  /** What is shown stays until the new rows are there. */
  #startOver(event: "reset" | "reset-again"): void {
    const { backlog, outage, restart } = this.#options;
    backlog.invalidate();
    outage.forget();
    restart(event);
  }
}

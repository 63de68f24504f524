/**
 * How far the page is behind the log, for the reader to know. Ids have gaps, so this names ids and never says how many rows
 * are missing.
 */
import type { Signal } from "@preact/signals";

export interface Behind {
  /** The newest event that the page has. */
  readonly at: bigint;
  /** The newest event that the log had when it was last heard. */
  readonly of: bigint;
}

/** A page that is this long behind what it has heard of is told of: rows under way take a part of it. */
export const GRACE_MS = 1000;

/** How often what is said is made true again. */
const LOOK_MS = 500;

interface Options {
  readonly behind: Signal<Behind | undefined>;
  /** The id up to which the page has the rows; undefined where it has none, or where that says nothing. */
  readonly cursor: () => bigint | undefined;
}

export class Lag {
  readonly #options: Options;
  #latest: bigint | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The log has come to this id; undefined where it is empty. */
  heard(latestId: bigint | undefined): void {
    const { cursor } = this.#options;
    const at = cursor();
    // What comes while the page is behind is told, too. Otherwise it gets a moment.
    this.#latest = latestId;
    if (latestId === undefined || at === undefined || at >= latestId) this.forget();
    else this.#timer ??= setTimeout(() => this.#look(), GRACE_MS);
  }

  /** Nothing is known of the log, or the page is level with it. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#latest = undefined;
    this.#options.behind.value = undefined;
  }

  #look(): void {
    const { behind, cursor } = this.#options;
    const [at, of] = [cursor(), this.#latest];
    if (at === undefined || of === undefined || at >= of) return this.forget();
    behind.value = { at, of };
    this.#timer = setTimeout(() => this.#look(), LOOK_MS);
  }
}

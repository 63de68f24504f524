/** Takes events in as fast as they come, and shows them once per animation frame. */
import { batch } from "@preact/signals";

import type { LogEvent } from "./event.ts";
import { RecentEvents } from "./recent.ts";
import type { State } from "./state.ts";

export const MAX_ROWS = 50;

/** More than these in one frame are a flood: a fade would only flicker. */
const MAX_ARRIVING = 8;

/** In a flood no one reads every frame: drawing 20 times a second leaves the page a processor to answer with. */
const FLOOD_PAUSE_MS = 50;

export class Rows {
  readonly #state: State;
  readonly #recent = new RecentEvents(MAX_ROWS);
  #added: bigint[] = [];
  #addedCount = 0;
  #isScheduled = false;
  #isFlooded = false;
  /** Until the next event or list: a frame that was scheduled before must not show an empty table. */
  #isCleared = false;

  constructor(state: State) {
    this.#state = state;
  }

  /** False when the event is there already, or too old to be shown. */
  add(event: LogEvent): boolean {
    if (!this.#recent.add(event)) return false;
    this.#isCleared = false;
    this.#addedCount++;
    // A hidden tab gets no frames, for hours: what waits for one must not grow.
    if (this.#added.length <= MAX_ARRIVING) this.#added.push(event.id);
    this.#schedule();
    return true;
  }

  /** Adds what was there before the page looked, at once and without a fade. */
  load(events: readonly LogEvent[]): void {
    this.#isCleared = false;
    for (const event of events) this.#recent.add(event);
    this.#show();
  }

  clear(): void {
    this.#recent.clear();
    this.#added = [];
    this.#state.events.value = undefined;
    this.#isCleared = true;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const show = () => {
      this.#isScheduled = false;
      this.#show();
    };
    if (this.#isFlooded) setTimeout(() => requestAnimationFrame(show), FLOOD_PAUSE_MS);
    else requestAnimationFrame(show);
  }

  #show(): void {
    if (this.#isCleared) return;
    this.#isFlooded = this.#added.length > MAX_ARRIVING;
    batch(() => {
      this.#state.events.value = [...this.#recent.newestFirst];
      this.#state.arriving.value = new Set(this.#isFlooded ? [] : this.#added);
      this.#state.received.value += this.#addedCount;
    });
    this.#added = [];
    this.#addedCount = 0;
  }
}

/** Takes events in as fast as they come, and shows them once per animation frame. */
import { batch } from "@preact/signals";

import type { LogEvent } from "./event.ts";
import { RecentEvents } from "./recent.ts";
import type { State } from "./state.ts";

export const MAX_ROWS = 50;

/** Above so many in a frame the fade would only flicker. */
const MAX_ARRIVING = 8;

export class Rows {
  readonly #state: State;
  readonly #recent = new RecentEvents(MAX_ROWS);
  #added: bigint[] = [];
  #addedCount = 0;
  #isScheduled = false;

  constructor(state: State) {
    this.#state = state;
  }

  /** False when the event is there already, or too old to be shown. */
  add(event: LogEvent): boolean {
    if (!this.#recent.add(event)) return false;
    this.#addedCount++;
    // A hidden tab gets no frames, for hours: what waits for one must not grow.
    if (this.#added.length <= MAX_ARRIVING) this.#added.push(event.id);
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      requestAnimationFrame(() => {
        this.#isScheduled = false;
        this.#show();
      });
    }
    return true;
  }

  /** Adds what was there before the page looked, at once and without a fade. */
  load(events: readonly LogEvent[]): void {
    for (const event of events) this.#recent.add(event);
    this.#show();
  }

  clear(): void {
    this.#recent.clear();
    this.#added = [];
    this.#state.events.value = undefined;
  }

  #show(): void {
    batch(() => {
      this.#state.events.value = [...this.#recent.newestFirst];
      this.#state.arriving.value = new Set(this.#added.length > MAX_ARRIVING ? [] : this.#added);
      this.#state.received.value += this.#addedCount;
    });
    this.#added = [];
    this.#addedCount = 0;
  }
}

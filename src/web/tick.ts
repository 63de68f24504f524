/** A clock for texts that go on by themselves, as "2 min ago": all of them share one timer. */
import { type ReadonlySignal, signal } from "@preact/signals";

/** The smallest unit that these texts show. */
const TICK_MS = 1000;

/** Now, in ms since 1970, looked at once a second while somebody reads it, and not at all otherwise. */
export function createTick(): ReadonlySignal<number> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = signal(Date.now(), {
    watched() {
      const look = (): void => {
        tick.value = Date.now();
      };
      timer = setInterval(look, TICK_MS);
      // Not at once: who begins to read it is in the middle of drawing.
      queueMicrotask(look);
    },
    unwatched() {
      clearInterval(timer);
    },
  });
  return tick;
}

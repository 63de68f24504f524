/** Who wants to hear of changes to a log. */
import type { LogChange, Unsubscribe } from "../events.ts";

type Listener = (change: LogChange) => void;

export class Listeners {
  readonly #listeners = new Set<Listener>();
  readonly #onPresence: (someListen: boolean) => void;
  /** What happened in this turn of the event loop. */
  #untold: LogChange[] = [];

  /** @param onPresence called when somebody comes or goes: whether anybody listens */
  constructor(onPresence: (someListen: boolean) => void) {
    this.#onPresence = onPresence;
  }

  add(listener: Listener): Unsubscribe {
    this.#listeners.add(listener);
    this.#onPresence(true);
    return () => {
      this.#listeners.delete(listener);
      this.#onPresence(this.#listeners.size > 0);
    };
  }

  /**
   * Tells a change in a turn of its own: what found it may be the question of a reader, which must be answered first.
   * Of several commits in a row the last one is told.
   */
  tell(change: LogChange): void {
    const last = this.#untold.at(-1);
    if (change.kind === "commit" && last?.kind === "commit") this.#untold.pop();
    this.#untold.push(change);
    if (last !== undefined) return;
    queueMicrotask(() => {
      const changes = this.#untold;
      this.#untold = [];
      for (const each of changes) for (const listener of this.#listeners) listener(each);
    });
  }

  clear(): void {
    this.#listeners.clear();
  }
}

/** Tells of every row that comes, also of those that the table has no room for. */
import type { LogEvent } from "../event/event.ts";

type Listener = (event: LogEvent) => void;

export class Arrivals {
  readonly #listeners = new Set<Listener>();

  /** @returns takes the listener away again */
  on(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(event: LogEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

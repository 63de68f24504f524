/** Serves every stream after each change of the log, in slices between which the event loop is free. */
import type { Sent } from "./subscriber.ts";

/** Streams that are served in one turn of the event loop: about 2 ms. The rest follow in the next turns. */
export const SLICE_SUBSCRIBERS = 512;

/** A turn ends after so long where streams have questions, however few it has served. In ms. */
const SLICE_MS = 3;

/** Of a subscriber. */
interface Asker {
  readonly hasQuestion: boolean;
}

export interface RoundsTarget<T> {
  /** Sends one page, or sees to it that it is sent in turn. */
  readonly serve: (subscriber: T) => void;
  /** A round has sent rows, and ends so long after the change. */
  readonly onDelivery: (delayMs: number) => void;
}

/** idle → (a change) → serving → (a change) → another-due → (all were served) → serving → (all were served) → idle */
export class Rounds<T extends Asker> {
  readonly #subscribers: ReadonlySet<T>;
  readonly #sent: Readonly<Sent>;
  readonly #target: RoundsTarget<T>;
  #state: "idle" | "serving" | "another-due" = "idle";

  /** @param subscribers who joins during a round is served in it */
  constructor(subscribers: ReadonlySet<T>, sent: Readonly<Sent>, target: RoundsTarget<T>) {
    this.#subscribers = subscribers;
    this.#sent = sent;
    this.#target = target;
  }

  /** The log has changed: the first slice is served at once, unless a round is under way. */
  onChange(): void {
    if (this.#state === "idle") this.#begin();
    else this.#state = "another-due";
  }

  #begin(): void {
    this.#state = "serving";
    this.#serveSlice(this.#subscribers.values(), performance.now(), this.#sent.events);
  }

  #serveSlice(due: Iterator<T>, noticedAtMs: number, sentBefore: number): void {
    const endsAtMs = performance.now() + SLICE_MS;
    for (let count = 0; count < SLICE_SUBSCRIBERS; count++) {
      const next = due.next();
      if (next.done === true) return this.#end(noticedAtMs, sentBefore);
      this.#target.serve(next.value);
      // A question may take long by itself, where a value is large.
      if (next.value.hasQuestion && performance.now() > endsAtMs) break;
    }
    setImmediate(() => this.#serveSlice(due, noticedAtMs, sentBefore));
  }

  #end(noticedAtMs: number, sentBefore: number): void {
    const isAnotherDue = this.#state === "another-due";
    this.#state = "idle";
    if (this.#sent.events > sentBefore) this.#target.onDelivery(performance.now() - noticedAtMs);
    if (isAnotherDue) this.#begin();
  }
}

/** Serves those that replay in turns, one page each, so that forty at once do not hold up who follows live. */

/** Replays are served for this long in one turn of the event loop; whatever else is due comes in between. */
const REPLAY_TURN_MS = 2;

/** How soon a replay is tried again that had to wait for memory. In ms. */
const MEMORY_PAUSE_MS = 50;

export interface ReplayTurnsTarget<T> {
  /** Sends one page. */
  readonly serve: (replay: T) => void;
  /** Whether slow clients hold so much that nobody gets a page. */
  readonly mustWait: () => boolean;
}

export class ReplayTurns<T> {
  readonly #target: ReplayTurnsTarget<T>;
  /** Whose next page is due, the one that waits longest first, each with what tells it that it was served. */
  readonly #due = new Map<T, () => void>();
  #isTurnDue = false;

  constructor(target: ReplayTurnsTarget<T>) {
    this.#target = target;
  }

  has(replay: T): boolean {
    return this.#due.has(replay);
  }

  /** @param onServed called when its page was sent; so is that of an earlier call */
  add(replay: T, onServed: () => void = () => {}): void {
    const earlier = this.#due.get(replay);
    const both = (): void => {
      earlier?.();
      onServed();
    };
    this.#due.set(replay, earlier === undefined ? onServed : both);
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    setImmediate(() => this.#serve());
  }

  #serve(): void {
    const { serve, mustWait } = this.#target;
    if (mustWait()) {
      setTimeout(() => this.#serve(), MEMORY_PAUSE_MS);
      return;
    }
    const endsAtMs = performance.now() + REPLAY_TURN_MS;
    for (const [replay, onServed] of this.#due) {
      this.#due.delete(replay);
      serve(replay);
      onServed();
      if (performance.now() >= endsAtMs || mustWait()) break;
    }
    this.#isTurnDue = this.#due.size > 0;
    if (this.#isTurnDue) setImmediate(() => this.#serve());
  }
}

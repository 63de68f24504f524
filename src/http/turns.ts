/** Lets the requests that read much take turns: each reads in a turn of the event loop of its own. */

export class Turns {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when it is this request's turn. Requests that came before have theirs before, and others in between. */
  next(): Promise<void> {
    this.#last = this.#last.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.#last;
  }
}

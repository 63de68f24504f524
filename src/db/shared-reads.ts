/**
 * Reads once for all who ask the same at the same time: every open page asks for the same rows after a commit. A read is
 * given up when nobody waits for it any more.
 */
export class SharedReads<T> {
  readonly #underWay = new Map<
    string,
    { readonly answer: Promise<T>; readonly abort: AbortController; waiting: number }
  >();

  /**
   * @param key the same for the same question
   * @param signal ends the wait of this one
   * @param begin starts the read
   */
  async read(key: string, signal: AbortSignal, begin: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    let read = this.#underWay.get(key);
    if (read === undefined) {
      const abort = new AbortController();
      const answer = begin(abort.signal);
      read = { answer, abort, waiting: 0 };
      this.#underWay.set(key, read);
      const forget = (): void => {
        if (this.#underWay.get(key)?.abort === abort) this.#underWay.delete(key);
      };
      answer.then(forget, forget);
    }
    const shared = read;
    shared.waiting++;
    const left = Promise.withResolvers<never>();
    const onAbort = (): void => left.reject(new Error("reading for a client: it has left"));
    signal.addEventListener("abort", onAbort);
    try {
      return await Promise.race([shared.answer, left.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
      shared.waiting--;
      if (shared.waiting === 0 && this.#underWay.get(key) === shared) {
        this.#underWay.delete(key);
        shared.abort.abort();
      }
    }
  }
}

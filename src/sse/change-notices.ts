/** Tells those who asked for it that somebody has committed, at most four times a second, and the last one always. */

/** Between two notices. In ms. */
export const CHANGE_PAUSE_MS = 250;

/** idle → (a commit: told at once) → pausing → (a commit: kept) → (the pause ends: the newest is told) → pausing → idle */
export class ChangeNotices<Listener> implements Disposable {
  readonly #listeners = new Set<Listener>();
  readonly #tell: (listener: Listener, dataVersion: string) => void;
  #timer: Timer | undefined;
  #untold: string | undefined;

  /** @param tell called for each listener; it must not throw */
  constructor(tell: (listener: Listener, dataVersion: string) => void) {
    this.#tell = tell;
  }

  add(listener: Listener): void {
    this.#listeners.add(listener);
  }

  delete(listener: Listener): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
    this.#untold = undefined;
  }

  /** To be called at each commit. Costs nothing where nobody asked. */
  note(dataVersion: string): void {
    if (this.#listeners.size === 0) return;
    this.#untold = dataVersion;
    if (this.#timer === undefined) this.#tellAll();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#untold = undefined;
  }

  #tellAll(): void {
    this.#timer = undefined;
    const dataVersion = this.#untold;
    if (dataVersion === undefined) return;
    this.#untold = undefined;
    // Before they are told: whoever leaves meanwhile is nobody's concern.
    this.#timer = setTimeout(() => this.#tellAll(), CHANGE_PAUSE_MS);
    for (const listener of this.#listeners) this.#tell(listener, dataVersion);
  }
}

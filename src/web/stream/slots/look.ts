/** Tells the other tabs of the browser, by a lock, whether somebody looks at this one. */
import { isHidden, onVisibility } from "../../feed/page-life.ts";
import type { LockNames } from "./choice.ts";
import { holdLock } from "./hold-lock.ts";

interface LookListener {
  /** Somebody looks at this tab now, or does not any more. */
  readonly onChange: () => void;
  /** It is closed, and the lock is free. */
  readonly onClosed: () => void;
  readonly onFailure: (error: unknown) => void;
}

export class Look {
  readonly #name: string;
  readonly #listener: LookListener;
  readonly #stopListening: () => void;
  #lookAway: (() => void) | undefined;
  #isClosed = false;

  constructor(question: string, names: LockNames, listener: LookListener) {
    this.#name = names.look(question);
    this.#listener = listener;
    this.#stopListening = onVisibility(() => this.#update());
    this.#update();
  }

  close(): void {
    this.#stopListening();
    this.#isClosed = true;
    if (this.#lookAway === undefined) this.#listener.onClosed();
    else this.#lookAway();
  }

  #update(): void {
    if (isHidden()) {
      this.#lookAway?.();
      this.#lookAway = undefined;
      return;
    }
    const { onChange, onFailure } = this.#listener;
    this.#lookAway ??= holdLock(
      this.#name,
      { mode: "shared" },
      { onHeld: onChange, onEnd: () => this.#end(), onFailure },
    );
  }

  #end(): void {
    this.#listener.onChange();
    if (this.#isClosed) this.#listener.onClosed();
  }
}

/** Tells the other tabs of the browser whether somebody looks at this one. */
import { isHidden, onVisibility } from "../page-life.ts";
import type { LockNames } from "./choice.ts";
import { holdLock } from "./hold-lock.ts";

export class Look {
  readonly #name: string;
  readonly #onFailure: (error: unknown) => void;
  readonly #onChange: () => void;
  readonly #changes: BroadcastChannel;
  readonly #stopListening: () => void;
  #lookAway: (() => void) | undefined;
  #isClosed = false;

  /** @param onChange somebody looks at something else, in this tab or another */
  constructor(question: string, names: LockNames, onChange: () => void, onFailure: (error: unknown) => void) {
    this.#name = names.look(question);
    this.#onChange = onChange;
    this.#onFailure = onFailure;
    this.#changes = new BroadcastChannel(names.deciding);
    this.#changes.addEventListener("message", onChange);
    this.#stopListening = onVisibility(() => this.#update());
    this.#update();
  }

  close(): void {
    this.#stopListening();
    this.#isClosed = true;
    if (this.#lookAway === undefined) this.#changes.close();
    else this.#lookAway();
  }

  #update(): void {
    if (isHidden()) {
      this.#lookAway?.();
      this.#lookAway = undefined;
      return;
    }
    this.#lookAway ??= holdLock(
      this.#name,
      { mode: "shared" },
      { onHeld: () => this.#tell(), onEnd: () => this.#end(), onFailure: this.#onFailure },
    );
  }

  #end(): void {
    this.#tell();
    // Not before the others have heard that nobody looks any more.
    if (this.#isClosed) this.#changes.close();
  }

  #tell(): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- this channel ends at the origin
    this.#changes.postMessage("changed");
    this.#onChange();
  }
}

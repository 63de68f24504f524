/** A name for the state of a file. It changes with each commit that is noticed, and whenever the file is opened anew. */

/** No restart gives a name again. */
const RANDOM_BYTES = 9;

export class DataVersion {
  readonly #start = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)).toBase64({ alphabet: "base64url" });
  #count = 0;

  get name(): string {
    return `${this.#start}.${this.#count}`;
  }

  /** To be called before anybody can read the new state. */
  advance(): void {
    this.#count++;
  }
}

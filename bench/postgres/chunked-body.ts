/** Takes the body out of an HTTP/1.1 answer that comes in chunks (RFC 9112, section 7.1). */

const LINE_END = "\r\n";

export class ChunkedBody {
  readonly #onText: (text: string) => void;
  /** What came and was not read yet, a character for each byte. */
  #pending = "";
  #hasHead = false;
  readonly #decoder = new TextDecoder();

  /** @param onText told what came of the body; nothing of an answer whose status is not 200 */
  constructor(onText: (text: string) => void) {
    this.#onText = onText;
  }

  push(bytes: Uint8Array): void {
    this.#pending += Buffer.from(bytes).toString("latin1");
    if (!this.#hasHead) {
      const end = this.#pending.indexOf(LINE_END + LINE_END);
      if (end === -1 || !this.#pending.startsWith("HTTP/1.1 200")) return;
      this.#pending = this.#pending.slice(end + 2 * LINE_END.length);
      this.#hasHead = true;
    }
    for (;;) {
      const start = this.#pending.indexOf(LINE_END);
      if (start === -1) return;
      const size = Number.parseInt(this.#pending, 16);
      const from = start + LINE_END.length;
      if (this.#pending.length < from + size + LINE_END.length) return;
      const chunk = Buffer.from(this.#pending.slice(from, from + size), "latin1");
      this.#pending = this.#pending.slice(from + size + LINE_END.length);
      this.#onText(this.#decoder.decode(chunk, { stream: true }));
    }
  }
}

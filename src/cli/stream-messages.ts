/**
 * Reads an event stream: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 * Only what Tailboard sends: lines end with LF, or with CRLF behind some proxy.
 */

/** What stands between two empty lines. */
export interface StreamMessage {
  /** "message" is a row. */
  readonly event: string;
  /** The cursor from here on; undefined where it does not move. */
  readonly id: string | undefined;
  /** Undefined where there is none: then only the cursor moves. */
  readonly data: string | undefined;
  readonly retryMs: number | undefined;
}

/** A message that goes on for so long is none of Tailboard's, whose rows have 1 MiB at most. In UTF-16 units. */
const MAX_MESSAGE_LENGTH = 16_777_216;

/** The messages of each chunk as they come. */
export class StreamMessages {
  readonly #decoder = new TextDecoder();
  #rest = "";

  /**
   * @returns the messages that are complete with this chunk
   * @throws RangeError when a message is longer than any of Tailboard's
   */
  read(chunk: Uint8Array): readonly StreamMessage[] {
    const text = this.#rest + this.#decoder.decode(chunk, { stream: true });
    const blocks = text.split(/\r?\n\r?\n/);
    this.#rest = blocks.pop() ?? "";
    if (this.#rest.length > MAX_MESSAGE_LENGTH)
      throw new RangeError("reading the event stream: a message is too long to be one of Tailboard's");
    return blocks.map(messageOf);
  }
}

function messageOf(block: string): StreamMessage {
  let event = "message";
  let id: string | undefined;
  let data: string | undefined;
  let retryMs: number | undefined;
  for (const line of block.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    switch (colon === -1 ? line : line.slice(0, colon)) {
      case "event":
        event = value;
        break;
      case "id":
        id = value;
        break;
      case "data":
        data = data === undefined ? value : `${data}\n${value}`;
        break;
      case "retry":
        if (/^\d{1,9}$/.test(value)) retryMs = Number(value);
        break;
      default:
      // A comment, or a field of later versions.
    }
  }
  return { event, id, data, retryMs };
}

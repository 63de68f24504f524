/** Reads an event stream with eventsource-parser, which knows nothing of how Tailboard encodes it. */
import { createParser } from "eventsource-parser";

import { until } from "./until.ts";

export interface ReceivedEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string;
  /** When it was parsed, in milliseconds since the epoch with fractions. */
  readonly receivedAt: number;
}

/** The wall clock, as fine as the monotonic one: comparable between processes of one machine. */
export function wallClockMs(): number {
  return performance.timeOrigin + performance.now();
}

export class StreamReader implements AsyncDisposable {
  readonly events: ReceivedEvent[] = [];
  readonly comments: string[] = [];
  readonly parseErrors: unknown[] = [];
  /** Everything that came, as it came. */
  text = "";
  retryMs: number | undefined;
  ended = false;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #done: Promise<void>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
    this.#done = this.#read();
  }

  /** The ids of the rows, in the order in which they came. */
  get ids(): string[] {
    return this.rows.map((row) => row.id ?? "");
  }

  /** What `onmessage` would see. */
  get rows(): ReceivedEvent[] {
    return this.events.filter((event) => event.event === undefined);
  }

  /** The data of the named events of one name. */
  named(name: string): unknown[] {
    return this.events.filter((event) => event.event === name).map((event) => JSON.parse(event.data));
  }

  /** The name of the log, as the last hello or reset gave it. */
  get log(): string | undefined {
    return this.#position?.log;
  }

  /** Where the stream went on, as the last hello or reset said. */
  get resumedFrom(): string | undefined {
    return this.#position === undefined ? undefined : String(this.#position.resumedFrom);
  }

  get #position(): { log: string; resumedFrom: number | string } | undefined {
    const last = this.events.findLast(({ event }) => event === "hello" || event === "reset");
    return last === undefined ? undefined : JSON.parse(last.data);
  }

  /** Waits until so many rows have come. */
  async waitForRows(count: number, timeoutMs?: number): Promise<void> {
    await until(
      () => this.rows.length >= count,
      `${count} rows of the stream, got ${this.rows.length}`,
      timeoutMs,
    );
  }

  async waitForEnd(timeoutMs?: number): Promise<void> {
    await until(() => this.ended, "the end of the stream", timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.ended) await this.#reader.cancel();
    await this.#done;
  }

  async #read(): Promise<void> {
    const parser = createParser({
      onEvent: (event) =>
        this.events.push({ id: event.id, event: event.event, data: event.data, receivedAt: wallClockMs() }),
      onRetry: (milliseconds) => (this.retryMs = milliseconds),
      onComment: (comment) => this.comments.push(comment),
      onError: (error) => this.parseErrors.push(error),
    });
    const decoder = new TextDecoder();
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (done) break;
        const text = decoder.decode(value, { stream: true });
        this.text += text;
        parser.feed(text);
      }
    } catch (error) {
      this.parseErrors.push(error);
    } finally {
      this.ended = true;
    }
  }
}

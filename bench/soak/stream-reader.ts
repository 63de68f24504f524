/** A program that follows the stream of a server, and comes back with its cursor whenever the stream ends. */
import { createParser } from "eventsource-parser";

import type { Server } from "../../tests/support/server.ts";
import { ReaderView } from "./reader-view.ts";

const RECONNECT_MS = 100;

export class StreamReader implements AsyncDisposable {
  readonly view: ReaderView;
  readonly #server: () => Server;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  /** The name of the log that its cursor is of. */
  #log: string | undefined;
  #cursor: string;

  /** @param server the one that runs now: after a restart it is another one */
  constructor(name: string, server: () => Server, startId: number, type?: string) {
    this.view = new ReaderView(name, startId, type);
    this.#server = server;
    this.#cursor = String(startId);
    this.#done = this.#follow();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#read(signal);
      } catch {
        // The server is down, or was killed: that is what this is for. What is lost shows in the view.
      }
      if (!signal.aborted) await Bun.sleep(RECONNECT_MS);
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const query = new URLSearchParams({ lastEventId: this.#cursor });
    if (this.#log !== undefined) query.set("log", this.#log);
    if (this.view.type !== undefined) query.set("q", `type:${this.view.type}`);
    const response = await this.#server().fetch(`/api/events/stream?${query}`, { signal });
    if (response.status !== 200 || response.body === null) return;
    const parser = createParser({ onEvent: ({ event, id, data }) => this.#take(event, id, data) });
    const decoder = new TextDecoder();
    for await (const chunk of response.body) parser.feed(decoder.decode(chunk, { stream: true }));
  }

  #take(event: string | undefined, id: string | undefined, data: string): void {
    const message = JSON.parse(data);
    if (event === "reset")
      this.view.reset({ resumedFrom: Number(message.resumedFrom), oldestId: Number(message.oldestId) });
    if (event === "hello" || event === "reset") this.#log = String(message.log);
    if (event === undefined) this.view.take(Number(message.id), String(message.summary));
    // With a question it moves over rows that do not match, too.
    if (id !== undefined) this.#cursor = id;
  }
}

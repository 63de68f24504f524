/** A client that leaves after a while, and goes on with its cursor at another server. */
import { createParser } from "eventsource-parser";

import type { Server } from "../../tests/support/server.ts";
import { wallClockMs } from "../../tests/support/stream-reader.ts";

const SHORTEST_STAY_MS = 500;
const LONGEST_STAY_MS = 4000;
const PAUSE_MS = 50;

export class HoppingClient implements AsyncDisposable {
  /** When each row came, in ms since the epoch. */
  readonly received = new Map<number, number>();
  twice = 0;
  outOfOrder = 0;
  resets = 0;
  hops = 0;
  readonly #servers: () => readonly Server[];
  readonly #random: (limit: number) => number;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #cursor = "0";
  #log: string | undefined;

  /** @param servers those that run now */
  constructor(servers: () => readonly Server[], random: (limit: number) => number) {
    this.#servers = servers;
    this.#random = random;
    this.#done = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const servers = this.#servers();
      const server = servers[this.#random(servers.length)];
      const stayMs = SHORTEST_STAY_MS + this.#random(LONGEST_STAY_MS - SHORTEST_STAY_MS);
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(stayMs)]);
      try {
        if (server !== undefined) await this.#read(server, signal);
      } catch {
        // It left, or the server did. What is lost shows in what it received.
      }
      this.hops++;
      await Bun.sleep(PAUSE_MS);
    }
  }

  async #read(server: Server, signal: AbortSignal): Promise<void> {
    const query = new URLSearchParams({ lastEventId: this.#cursor });
    if (this.#log !== undefined) query.set("log", this.#log);
    const response = await server.fetch(`/api/events/stream?${query}`, { signal });
    if (response.status !== 200 || response.body === null) return;
    const parser = createParser({ onEvent: ({ event, id, data }) => this.#take(event, id, data) });
    const decoder = new TextDecoder();
    for await (const chunk of response.body) parser.feed(decoder.decode(chunk, { stream: true }));
  }

  #take(event: string | undefined, id: string | undefined, data: string): void {
    if (event === "reset") this.resets++;
    if (event === "hello" || event === "reset") this.#log = String(JSON.parse(data).log);
    if (event === undefined && id !== undefined) {
      if (this.received.has(Number(id))) this.twice++;
      else if (Number(id) < Number(this.#cursor)) this.outOfOrder++;
      this.received.set(Number(id), wallClockMs());
    }
    if (id !== undefined) this.#cursor = id;
  }
}

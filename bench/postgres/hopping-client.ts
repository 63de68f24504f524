/**
 * A client that leaves after a while, and goes on with its cursor at another server. It reads from a plain socket, so
 * that the client of Bun is not measured too.
 */
import { createParser } from "eventsource-parser";

import type { Server } from "../../tests/support/server.ts";
import { wallClockMs } from "../../tests/support/stream-reader.ts";
import { ChunkedBody } from "./chunked-body.ts";

const SHORTEST_STAY_MS = 500;
const LONGEST_STAY_MS = 4000;
const PAUSE_MS = 50;

/** What comes is read later, so that no client waits for the reading of another one. */
const READ_EVERY_MS = 20;

interface Arrival {
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

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
  /** When the bytes came that are being read. */
  #atMs = 0;

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

  async #read({ port }: Server, signal: AbortSignal): Promise<void> {
    const query = new URLSearchParams({ lastEventId: this.#cursor });
    if (this.#log !== undefined) query.set("log", this.#log);
    const parser = createParser({ onEvent: ({ event, id, data }) => this.#take(event, id, data) });
    const body = new ChunkedBody((text) => parser.feed(text));
    const arrivals: Arrival[] = [];
    const readAll = (): void => {
      for (const { bytes, atMs } of arrivals.splice(0)) {
        this.#atMs = atMs;
        body.push(bytes);
      }
    };
    const timer = setInterval(readAll, READ_EVERY_MS);
    const ended = Promise.withResolvers<void>();
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        data: (_, bytes) => void arrivals.push({ bytes: bytes.slice(), atMs: wallClockMs() }),
        close: () => ended.resolve(),
        error: () => ended.resolve(),
      },
    });
    socket.write(`GET /api/events/stream?${query} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    signal.addEventListener("abort", () => ended.resolve());
    await ended.promise;
    socket.terminate();
    clearInterval(timer);
    readAll();
  }

  #take(event: string | undefined, id: string | undefined, data: string): void {
    if (event === "reset") this.resets++;
    if (event === "hello" || event === "reset") this.#log = String(JSON.parse(data).log);
    if (event === undefined && id !== undefined) {
      if (this.received.has(Number(id))) this.twice++;
      else if (Number(id) < Number(this.#cursor)) this.outOfOrder++;
      this.received.set(Number(id), this.#atMs);
    }
    if (id !== undefined) this.#cursor = id;
  }
}

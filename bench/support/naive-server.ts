/**
 * The event stream on a tail as one would write it at first: `bun naive-server.ts DATABASE poll|notification`.
 * Looks every 2 s, or besides once per notification of the file system. Everything else is Tailboard's own, so
 * that only the tail differs. Prints its URL.
 */
import { Database } from "bun:sqlite";
import { watch } from "node:fs";
import { basename, dirname } from "node:path";

import { EventReader } from "../../src/db/sqlite/reader.ts";
import type {
  Cursor,
  EventId,
  EventLog,
  LogChange,
  LogPosition,
  Page,
  PageLimits,
  Unsubscribe,
} from "../../src/events.ts";
import { FanOut } from "../../src/sse/fanout.ts";

const POLL_INTERVAL_MS = 2000;

class NaiveTail implements EventLog {
  readonly #reader: EventReader;
  readonly #listeners = new Set<(change: LogChange) => void>();
  #latestId: EventId;

  constructor(path: string, strategy: string) {
    this.#reader = new EventReader(new Database(path, { readonly: true, safeIntegers: true }), "events");
    this.#latestId = this.#reader.latestId() ?? 0n;
    setInterval(() => this.#look(), POLL_INTERVAL_MS);
    if (strategy !== "notification") return;
    watch(dirname(path), (_event, file) => {
      if (file?.startsWith(basename(path)) === true) this.#look();
    });
  }

  filter(): never {
    throw new Error("opening a stream: the naive server answers no questions");
  }

  position(): LogPosition {
    return { log: "naive", latestId: this.#latestId, startId: 0n };
  }

  resumePoint({ id }: Cursor): EventId {
    return id;
  }

  readAfter(cursor: EventId, limits: PageLimits): Page | "later" {
    try {
      return { log: "naive", ...this.#reader.readAfter(cursor, this.#latestId, limits) };
    } catch {
      // Busy: the next look finds it.
      return "later";
    }
  }

  onChange(listener: (change: LogChange) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #look(): void {
    try {
      const latestId = this.#reader.latestId() ?? 0n;
      if (latestId <= this.#latestId) return;
      this.#latestId = latestId;
    } catch {
      // Busy: the next look finds it.
      return;
    }
    for (const listener of this.#listeners) listener({ kind: "commit", latestId: this.#latestId });
  }
}

const [path = "", strategy = "poll"] = process.argv.slice(2);
const fanOut = new FanOut(new NaiveTail(path, strategy), {
  onError: () => {},
  onReset: () => {},
  onDelivery: () => {},
});
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  idleTimeout: 0,
  fetch: (request) =>
    new Response(fanOut.subscribe({ lastEventId: undefined, log: undefined }, request.signal), {
      headers: { "Content-Type": "text/event-stream" },
    }),
});
console.log(server.url.href);

/**
 * Hears of commits by LISTEN, on a connection of its own, and finds out by a test message now and then whether it would
 * hear of them: a pooler in transaction mode, and a network that hangs, say nothing when they swallow a message.
 *
 *     closed ── open() ──▶ connecting ── LISTEN ──▶ testing ── test message ──▶ hearing
 *       ▲                      │                        │                          │
 *       └──────────────────────┴──── connection lost ───┴── no test message ───────┘
 */
import { Backoff } from "../../backoff.ts";
import type { Client } from "./client.ts";

export type HearingState = "closed" | "connecting" | "testing" | "hearing";

/** Between two test messages, and how long one may take. In ms. */
const TEST_EVERY_MS = 15_000;
const TEST_DEADLINE_MS = 3000;

/** Test messages in a row that were swallowed, after which this is told. */
const SWALLOWED = 2;

export interface NotificationsOptions {
  /** By which test messages are sent, and how to connect. */
  readonly client: Client;
  readonly channel: string;
  /** There was a commit, or there may have been one while nobody listened. */
  readonly onNotice: () => void;
  readonly onError: (error: unknown) => void;
  readonly testEveryMs?: number;
  readonly testDeadlineMs?: number;
}

export class Notifications implements Disposable {
  readonly #options: NotificationsOptions;
  readonly #backoff = new Backoff(() => void this.#connect());
  readonly #testChannel = `tailboard:test:${crypto.randomUUID()}`;
  #client: Bun.SQL | undefined;
  #state: HearingState = "closed";
  #testTimer: Timer | undefined;
  #deadline: Timer | undefined;
  #swallowed = 0;
  #isDisposed = false;

  constructor(options: NotificationsOptions) {
    this.#options = options;
    void this.#connect();
  }

  get state(): HearingState {
    return this.#state;
  }

  /** Whether messages are swallowed though the connection is there. */
  get isSwallowed(): boolean {
    return this.#swallowed >= SWALLOWED;
  }

  async #connect(): Promise<void> {
    if (this.#isDisposed || this.#state !== "closed") return;
    this.#state = "connecting";
    const { client: main, channel, onNotice, onError } = this.#options;
    const client = main.another(() => this.#lose(client));
    this.#client = client;
    try {
      await client.listen(this.#testChannel, () => this.#noteTest(client));
      await client.listen(channel, () => onNotice(), onNotice);
      if (this.#client !== client) return;
      this.#state = "testing";
      this.#test(client);
    } catch (error) {
      if (this.#client === client) onError(error);
      this.#lose(client);
    }
  }

  #test(client: Bun.SQL): void {
    const { testDeadlineMs = TEST_DEADLINE_MS } = this.#options;
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => {
      this.#swallowed++;
      this.#lose(client);
    }, testDeadlineMs);
    // A message is nothing that is written: a read-only transaction may send it.
    this.#options.client
      .query("SELECT pg_notify($1::text, '')", [this.#testChannel])
      .catch(() => this.#lose(client));
  }

  #noteTest(client: Bun.SQL): void {
    if (this.#client !== client) return;
    this.#state = "hearing";
    this.#swallowed = 0;
    this.#backoff.reset();
    clearTimeout(this.#deadline);
    clearTimeout(this.#testTimer);
    this.#testTimer = setTimeout(() => this.#test(client), this.#options.testEveryMs ?? TEST_EVERY_MS);
  }

  /** Closes the connection, rather than let Bun.SQL make it anew: another one is made at the next try. */
  #lose(client: Bun.SQL): void {
    client.close({ timeout: 0 }).catch(() => undefined);
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#state = "closed";
    clearTimeout(this.#deadline);
    clearTimeout(this.#testTimer);
    if (!this.#isDisposed) this.#backoff.schedule();
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#backoff[Symbol.dispose]();
    const client = this.#client;
    if (client !== undefined) this.#lose(client);
  }
}

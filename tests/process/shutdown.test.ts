/** The end of a server with a thousand subscribers, some of which read nothing, and the way on after it. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const SUBSCRIBERS = 1000;
/** So many of them begin with the first row, and take nothing from their sockets after the hello. */
const STUCK = 20;
/** What security.md promises. */
const END_MS = 3000;
/** As large as a stream sends them whole. Together they are far more than the kernel takes for a socket, about 4 MB. */
const LARGE = `INSERT INTO events(event_type, summary) VALUES ('large', '${"x".repeat(60_000)}')`;
const LARGE_ROWS = 200;

/** One subscriber on a socket of its own, which goes on after the last id that it had. */
class Subscriber {
  readonly ids: number[] = [];
  hasEnded = false;
  hasHello = false;
  /** A stuck one reads from its next connection on. */
  isFreed = false;
  readonly #isStuck: boolean;
  #rest = "";
  #socket: Bun.Socket | undefined;

  constructor(isStuck: boolean) {
    this.#isStuck = isStuck;
  }

  async connect(port: number): Promise<void> {
    this.hasEnded = false;
    this.hasHello = false;
    this.#rest = "";
    this.#socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        data: (_socket, bytes) => this.#hear(bytes.toString("latin1")),
        close: () => void (this.hasEnded = true),
        error: () => void (this.hasEnded = true),
      },
    });
    const cursor = this.ids.at(-1) ?? (this.#isStuck ? 0 : undefined);
    const query = cursor === undefined ? "" : `?lastEventId=${cursor}`;
    this.#socket.write(`GET /api/events/stream${query} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  }

  close(): void {
    this.#socket?.end();
  }

  /** A row may come in several pieces; its id stands before its data. */
  #hear(text: string): void {
    const messages = (this.#rest + text).split("\n\n");
    this.#rest = messages.pop() ?? "";
    for (const message of messages) {
      if (message.includes("event: hello")) {
        this.hasHello = true;
        if (this.#isStuck && !this.isFreed) this.#socket?.pause();
      }
      if (/^event: /m.test(message)) continue;
      const id = /^id: (\d+)$/m.exec(message)?.[1];
      if (id !== undefined) this.ids.push(Number(id));
    }
  }
}

const idsFromTo = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, at) => first + at);

test("SIGTERM with 1,000 subscribers, some stuck: exit 0 within 3 s, and all go on without loss", async () => {
  using scratch = new Scratch();
  const path = scratch.path("events.db");
  let server = await Server.start([path, "--create"]);
  await using writer = new Writer(path);
  await writer.run(LARGE, { times: LARGE_ROWS });
  const stuck = Array.from({ length: STUCK }, () => new Subscriber(true));
  const reading = Array.from({ length: SUBSCRIBERS - STUCK }, () => new Subscriber(false));
  const all = [...stuck, ...reading];
  try {
    for (const subscriber of all) await subscriber.connect(server.port);
    await until(() => all.every(({ hasHello }) => hasHello), "every hello");
    await writer.insert(5);
    await until(() => reading.every(({ ids }) => ids.length === 5), "five rows at those that read");
    expect(await server.metric("tailboard_subscribers_lagging")).toBe(STUCK);

    const startedAtMs = performance.now();
    expect(await server.stop("SIGTERM")).toBe(0);
    expect(performance.now() - startedAtMs).toBeLessThan(END_MS);
    expect(server.log.at(-1)).toMatchObject({ message: "stopping", subscribers: SUBSCRIBERS });
    await until(() => reading.every(({ hasEnded }) => hasEnded), "the ends of the streams");

    await writer.insert(5);
    server = await Server.start([path]);
    for (const subscriber of stuck) {
      subscriber.close();
      subscriber.isFreed = true;
    }
    for (const subscriber of all) await subscriber.connect(server.port);
    await writer.insert(1);
    const last = LARGE_ROWS + 11;
    await until(() => all.every(({ ids }) => ids.at(-1) === last), "the newest row at each", 30_000);
    for (const { ids } of reading) expect(ids).toEqual(idsFromTo(LARGE_ROWS + 1, last));
    for (const { ids } of stuck) expect(ids).toEqual(idsFromTo(1, last));
  } finally {
    for (const subscriber of all) subscriber.close();
    await server[Symbol.asyncDispose]();
  }
});

test("a second signal ends it at once, while a stuck subscriber holds it up", async () => {
  using scratch = new Scratch();
  const path = scratch.path("events.db");
  await using server = await Server.start([path, "--create"]);
  await using writer = new Writer(path);
  await writer.run(LARGE, { times: LARGE_ROWS });
  const subscriber = new Subscriber(true);
  await subscriber.connect(server.port);
  await until(() => subscriber.hasHello, "the hello");
  server.process.kill("SIGTERM");
  await until(() => server.log.some(({ message }) => message === "stopping"), "the first signal to be heard");
  const startedAtMs = performance.now();
  expect(await server.stop("SIGINT")).toBe(1);
  expect(performance.now() - startedAtMs).toBeLessThan(1000);
  subscriber.close();
});

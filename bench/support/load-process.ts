/**
 * The load generator: a program that holds thousands of event streams over plain sockets, so that the client of
 * Bun and its limits are not measured too. `bun load-process.ts PORT PATH PATTERN`; commands and answers are lines of JSON,
 * see load-protocol.ts.
 */
import { wallClockMs } from "../../tests/support/stream-reader.ts";
import { type Asked, nextAsked } from "./asked.ts";
import type { ChurnCommand, GroupReport, LoadCommand, OpenCommand } from "./load-protocol.ts";
import { Records } from "./records.ts";
import { ReadCache, StreamScanner } from "./scanner.ts";

const [port = "", path = "/", pattern = "\nid: "] = process.argv.slice(2);

/** Connections that are being opened at a time: fewer than a listening socket queues. */
const OPENING = 100;
/**
 * After so many connections the next source address is taken: Linux has 28,232 ports for each, and keeps those of
 * closed connections for a minute.
 */
const CONNECTIONS_PER_ADDRESS = 20_000;
const CHECK_MS = 5;
/** A connection that comes to nothing by then counts as refused. */
const OPEN_TIMEOUT_MS = 20_000;

interface Group {
  readonly clients: Client[];
  readonly records: Records;
  refused: number;
}

interface Client {
  readonly group: Group;
  readonly asked: Asked | undefined;
  readonly scanner: StreamScanner;
  /** Settled at the head of the response, or at the end of the connection. */
  readonly settle: () => void;
  socket: Bun.Socket<Client> | undefined;
  bytes: number;
  ended: boolean;
}

const groups = new Map<string, Group>();
/** By the question. */
const caches = new Map<string, ReadCache>();
const patternBytes = Buffer.from(pattern);
let connections = 0;
let saidWhy = false;

function groupOf(name: string): Group {
  let group = groups.get(name);
  if (group === undefined) {
    group = { clients: [], records: new Records(), refused: 0 };
    groups.set(name, group);
  }
  return group;
}

const handler: Bun.SocketHandler<Client> = {
  data(socket, bytes) {
    const client = socket.data;
    const { scanner } = client;
    const lastId = scanner.lastId;
    const hadStatus = scanner.status !== undefined;
    client.bytes += bytes.length;
    if (scanner.push(bytes) > 0) record(client, lastId);
    if (!hadStatus && scanner.status !== undefined) client.settle();
  },
  close: ({ data }) => end(data),
  error: ({ data }) => end(data),
  connectError: ({ data }) => end(data),
};

function record({ group, scanner, asked }: Client, beforeId: number): void {
  const atMs = wallClockMs();
  if (asked === undefined) return group.records.add(beforeId + 1, scanner.lastId, atMs);
  for (let id = nextAsked(asked, beforeId); id <= scanner.lastId; id = nextAsked(asked, id))
    group.records.add(id, id, atMs);
}

function end(client: Client): void {
  client.ended = true;
  client.settle();
}

function connect(client: Client): Promise<Bun.Socket<Client>> {
  const address = Math.floor(connections++ / CONNECTIONS_PER_ADDRESS);
  const options = {
    hostname: "127.0.0.1",
    port: Number(port),
    // Not among Bun's types, but it binds the socket. A bound socket takes its port from all destinations, so the
    // first address is left to the kernel, which takes it from one.
    ...(address === 0 ? {} : { localAddress: `127.0.0.${1 + address}` }),
    data: client,
    socket: handler,
  };
  return Bun.connect(options);
}

function cacheOf(question: string): ReadCache {
  let cache = caches.get(question);
  if (cache === undefined) {
    cache = new ReadCache();
    caches.set(question, cache);
  }
  return cache;
}

function requestText(lastEventId: number | null, asked: Asked | undefined): string {
  const query = asked === undefined ? "" : `?q=${encodeURIComponent(asked.question)}`;
  const cursor = lastEventId === null ? "" : `Last-Event-ID: ${lastEventId}\r\n`;
  return `GET ${path}${query} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n${cursor}\r\n`;
}

async function openOne(
  group: Group,
  afterId: number,
  lastEventId: number | null,
  asked: Asked | undefined,
): Promise<Client> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const scanner = new StreamScanner(patternBytes, afterId, cacheOf(asked?.question ?? ""), asked);
  const client: Client = {
    group,
    asked,
    scanner,
    settle: resolve,
    socket: undefined,
    bytes: 0,
    ended: false,
  };
  try {
    client.socket = await connect(client);
    client.socket.write(requestText(lastEventId, asked));
    await Promise.race([promise, Bun.sleep(OPEN_TIMEOUT_MS)]);
  } catch (error) {
    client.ended = true;
    // The first one tells enough: the others are counted.
    if (!saidWhy) console.error(`load: ${String(error)}`);
    saidWhy = true;
  }
  if (scanner.status !== 200) group.refused++;
  return client;
}

/** Runs so many tasks, some at a time. */
async function inParallel(count: number, task: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: OPENING }, worker));
}

async function open({ group: name, count, afterId, lastEventId, asked }: OpenCommand): Promise<void> {
  const group = groupOf(name);
  await inParallel(count, async (index) => {
    group.clients.push(await openOne(group, afterId, lastEventId, asked[index % asked.length]));
  });
}

/** Opens the ended streams of a group again, each after the last ID that it has. */
async function reconnect(group: Group): Promise<void> {
  await inParallel(group.clients.length, async (index) => {
    const client = group.clients[index];
    if (client?.ended !== true) return;
    const { lastId } = client.scanner;
    const again = await openOne(group, lastId, lastId, client.asked);
    again.scanner.events = client.scanner.events;
    again.scanner.lost = client.scanner.lost;
    again.scanner.duplicated = client.scanner.duplicated;
    again.scanner.outOfOrder = client.scanner.outOfOrder;
    again.scanner.unasked = client.scanner.unasked;
    group.clients[index] = again;
  });
}

/** Half of the connections are reset, half are closed. */
async function churn({ cycles, leave }: ChurnCommand): Promise<void> {
  const group = groupOf(leave);
  await inParallel(cycles, async (index) => {
    if (leave === "in-stream") {
      const client = await openOne(group, 0, null, undefined);
      if (index % 2 === 0) client.socket?.terminate();
      else client.socket?.end();
      return;
    }
    const scanner = new StreamScanner(patternBytes, 0, cacheOf(""));
    const client = {
      group,
      asked: undefined,
      scanner,
      settle() {},
      socket: undefined,
      bytes: 0,
      ended: false,
    };
    const socket = await connect(client);
    socket.write(requestText(null, undefined));
    // Some leave before the server can have read the request, some while it answers.
    if (index % 4 > 1) await Bun.sleep(1);
    if (index % 2 === 0) socket.terminate();
    else socket.end();
  });
}

async function waitFor(group: Group, id: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  const behind = (): boolean => group.clients.some((client) => client.scanner.nextId <= id);
  while (behind()) {
    if (performance.now() > deadline) return false;
    await Bun.sleep(CHECK_MS);
  }
  return true;
}

function report({ clients, refused }: Group): GroupReport {
  const sum = (value: (client: Client) => number): number =>
    clients.reduce((total, client) => total + value(client), 0);
  const ids = clients.map((client) => client.scanner.lastId);
  return {
    clients: clients.length,
    ended: sum((client) => (client.ended ? 1 : 0)),
    refused,
    events: sum((client) => client.scanner.events),
    lost: sum((client) => client.scanner.lost),
    duplicated: sum((client) => client.scanner.duplicated),
    outOfOrder: sum((client) => client.scanner.outOfOrder),
    unasked: sum((client) => client.scanner.unasked),
    lowestId: ids.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    highestId: ids.reduce((a, b) => Math.max(a, b), 0),
    bytes: sum((client) => client.bytes),
  };
}

async function carryOut(command: LoadCommand): Promise<unknown> {
  if (command.do === "churn") return churn(command);
  const group = groupOf(command.group);
  switch (command.do) {
    case "open":
      return open(command);
    case "await":
      return waitFor(group, command.id, command.timeoutMs);
    case "records":
      await Bun.write(command.file, group.records.take());
      return undefined;
    case "reconnect":
      return reconnect(group);
    case "report":
      return report(group);
    case "pause":
      for (const { socket } of group.clients) socket?.pause();
      return undefined;
    case "resume":
      for (const { socket } of group.clients) socket?.resume();
      return undefined;
    case "close":
      for (const { socket } of group.clients) socket?.end();
      groups.delete(command.group);
      return undefined;
  }
}

console.log('"ready"');
for await (const line of console) {
  if (line === "") break;
  const command: LoadCommand = JSON.parse(line);
  console.log(JSON.stringify((await carryOut(command)) ?? null));
}
process.exit(0);

/**
 * A server that speaks Tailboard's HTTP from memory and misbehaves on demand: goes silent, refuses, cuts its
 * streams, resets. For what a real server can't be made to do; everything else is tested against the real one.
 */
import type { EventJson, EventList, ResetReason, StatsAnswer, Status } from "../../src/events.ts";
import { type Asset, buildAssets } from "../../src/http/assets.ts";
import type { PanelTable, RowJson, RowPage } from "../../src/web/panels/contract.ts";
import { DOCUMENTED_ROLES } from "./rows.ts";

type Controller = ReadableStreamDefaultController<string>;

/** A table beside the log. */
export interface FakeTable {
  readonly table: PanelTable;
  readonly rows: RowJson[];
}

let assets: Promise<ReadonlyMap<string, Asset>> | undefined;

export class FakeServer implements AsyncDisposable {
  readonly rows: EventJson[] = [];
  /** Paths of the API that were asked for, with their query. */
  readonly requests: string[] = [];
  /** The tables beside the log, of which there are none at first. */
  readonly tables: FakeTable[] = [];
  /** Paths of `api/tables` that were asked for, with their query. */
  readonly tableRequests: string[] = [];
  status: Partial<Status> = {};
  log = "log-1";
  /** Answers `api/events` and the stream with this status, while it is set. */
  refuseWith: number | undefined;
  /** The same for the stream alone. */
  refuseStreamWith: number | undefined;
  /** Answers the whole API with a page, as a proxy does that wants a password first. */
  isBehindSignIn = false;
  /** Keeps streams open, and says nothing on them: the head of the answer passes, and its body is held back. */
  isSilent = false;
  /** Answers nothing but the page and the streams. */
  hangs = false;
  /** Says nothing of the oldest row, as servers did before they knew it. */
  isOld = false;
  readonly #streams = new Set<Controller>();
  /** Those of the streams that asked for changes. */
  readonly #changeStreams = new Set<Controller>();
  #heldTables: PromiseWithResolvers<void> | undefined;
  readonly #held = Promise.withResolvers<Response>();
  readonly #server: Bun.Server<undefined>;

  private constructor(files: ReadonlyMap<string, Asset>) {
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      idleTimeout: 0,
      fetch: (request) => this.#answer(new URL(request.url), files),
    });
  }

  static async start(): Promise<FakeServer> {
    assets ??= buildAssets();
    return new FakeServer(await assets);
  }

  get url(): string {
    return this.#server.url.href;
  }

  get streams(): number {
    return this.#streams.size;
  }

  get latestId(): number | string {
    return idOf(this.rows.at(-1));
  }

  get oldestId(): number | string {
    return this.rows.length === 0 ? 1 : idOf(this.rows[0]);
  }

  /** Streams that were asked for. */
  get streamRequests(): string[] {
    return this.requests.filter((path) => path.startsWith("/api/events/stream"));
  }

  /** Commits rows and sends them to every stream. */
  commit(...rows: EventJson[]): void {
    this.rows.push(...rows);
    if (!this.isSilent) this.send(rows.map(encode).join(""));
  }

  /** Commits as many small rows, with the ids that follow. */
  commitMany(count: number): void {
    const next = Number(this.latestId) + 1;
    this.commit(...Array.from({ length: count }, (_, at) => row(next + at)));
  }

  /** Sends any text to every stream. */
  send(text: string): void {
    for (const stream of this.#streams) stream.enqueue(text);
  }

  /** Says hello on every stream, to a client that has everything. */
  greet(): void {
    this.send(this.#named("hello", this.latestId));
  }

  /** @param resumedFrom the cursor that the streams go back to; the start of the log where it is left out */
  reset(reason: ResetReason, resumedFrom: number = Number(this.oldestId) - 1): void {
    this.send(this.#named("reset", resumedFrom, { reason }));
  }

  /** Rows after a cursor were deleted at the old end. */
  gap(from: number, oldestId: number): void {
    this.send(`id: ${oldestId - 1}\n${named("gap", { from, oldestId })}`);
  }

  /** Ends every stream because of its age. */
  bye(comeBackInMs: number): void {
    this.send(named("bye", { comeBackInMs }));
    this.cutStreams();
  }

  /** Tells that something of the file has changed. */
  change(): void {
    for (const stream of this.#changeStreams)
      if (this.#streams.has(stream)) stream.enqueue(named("change", { dataVersion: "other" }));
  }

  /** Answers nothing about tables until `releaseTables`. */
  holdTables(): void {
    this.#heldTables = Promise.withResolvers();
  }

  releaseTables(): void {
    this.#heldTables?.resolve();
    this.#heldTables = undefined;
  }

  /** Answers `api/hold`, which a page asks for to stand still until then. */
  release(): void {
    this.#held.resolve(new Response(null, { status: 204 }));
  }

  cutStreams(): void {
    for (const stream of this.#streams) stream.close();
    this.#streams.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }

  #answer(url: URL, files: ReadonlyMap<string, Asset>): Response | Promise<Response> {
    const file = files.get(url.pathname);
    if (file !== undefined) return new Response(file.body, { headers: file.headers });
    if (url.pathname === "/api/hold") return this.#held.promise;
    // The chart asks beside the rows, whenever it likes.
    if (url.pathname === "/api/stats" && !this.hangs && !this.isBehindSignIn) return Response.json(noStats());
    if (url.pathname.startsWith("/api/tables") && !this.isBehindSignIn && !this.hangs)
      return this.#answerTables(url);
    this.requests.push(url.pathname + url.search);
    if (this.isBehindSignIn)
      return new Response("<!doctype html><h1>Sign in</h1>", { headers: { "Content-Type": "text/html" } });
    if (this.hangs && url.pathname !== "/api/events/stream") return new Promise(() => undefined);
    if (url.pathname === "/api/status") return Response.json(this.#status());
    if (this.refuseWith !== undefined) return refusal(this.refuseWith);
    if (url.pathname === "/api/events") return Response.json(this.#list(url.searchParams));
    if (url.pathname === "/api/events/stream") return this.#stream(url.searchParams);
    return new Response("not found", { status: 404 });
  }

  async #answerTables(url: URL): Promise<Response> {
    this.tableRequests.push(url.pathname + url.search);
    await this.#heldTables?.promise;
    const [name, key] = url.pathname.split("/").slice(3).map(decodeURIComponent);
    if (name === undefined)
      return Response.json({ tables: this.tables.map(({ table }) => table), dataVersion: "some" });
    const found = this.tables.find(({ table }) => table.name === name);
    if (found === undefined) return refusal(404);
    if (key !== undefined) {
      const item = found.rows.find((each) => each["$key"] === key);
      return item === undefined ? refusal(404) : Response.json({ table: name, item });
    }
    const status = found.table.columns.find(({ role }) => role === "status")?.name;
    const groups = status === undefined ? null : Map.groupBy(found.rows, (each) => each[status]);
    const group = url.searchParams.get("group");
    const items = found.rows.filter((each) => group === null || each[status ?? ""] === group);
    const page: RowPage = {
      table: name,
      items,
      count: items.length,
      next: null,
      hasMore: false,
      groups: groups === null ? null : [...groups].map(([value, { length }]) => ({ value, count: length })),
      dataVersion: "some",
    };
    return Response.json(page);
  }

  #status(): Status {
    return {
      state: "tailing",
      problem: null,
      advice: null,
      database: { path: "/var/lib/app/events.db", sizeBytes: 81_920, journalMode: "wal" },
      table: "events",
      columns: DOCUMENTED_ROLES,
      latestId: this.latestId,
      roles: {},
      timeZone: "UTC",
      labels: {},
      eventsPerSecond: 0,
      subscribers: this.streams,
      pollIntervalMs: 2000,
      panels: true,
      needsToken: false,
      uptimeSeconds: 1,
      version: "0.1.0",
      ...this.status,
    };
  }

  #named(event: "hello" | "reset", resumedFrom: number | string, rest: object = {}): string {
    const oldest = this.isOld ? {} : { oldestId: this.oldestId };
    const data = { ...rest, latestId: this.latestId, ...oldest, resumedFrom, log: this.log };
    return (this.isOld ? "" : `id: ${resumedFrom}\n`) + named(event, data);
  }

  #list(query: URLSearchParams): EventList {
    const limit = Number(query.get("limit") ?? "50");
    const after = query.get("after");
    const all = after === null ? this.rows.toReversed() : this.rows.filter((each) => isAfter(each, after));
    const items = all.slice(0, limit);
    const next = all.length > limit ? idOf(items.at(-1)) : null;
    return { items, count: items.length, latestId: this.latestId, log: this.log, next, scannedTo: null };
  }

  #stream(query: URLSearchParams): Response {
    if (this.refuseStreamWith !== undefined) return refusal(this.refuseStreamWith);
    const isOtherLog = (query.get("log") ?? this.log) !== this.log;
    const cursor = isOtherLog ? "0" : (query.get("lastEventId") ?? String(this.latestId));
    let own: Controller | undefined;
    const stream = new ReadableStream<string>({
      start: (controller) => {
        own = controller;
        this.#streams.add(controller);
        if (query.get("changes") === "1") this.#changeStreams.add(controller);
        controller.enqueue("retry: 5000\n\n");
        if (this.isSilent) return;
        controller.enqueue(this.#named("hello", cursor));
        controller.enqueue(
          this.rows
            .filter((each) => isAfter(each, cursor))
            .map(encode)
            .join(""),
        );
      },
      cancel: () => {
        if (own !== undefined) this.#streams.delete(own);
      },
    });
    return new Response(stream, {
      headers: { "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store" },
    });
  }
}

/** A small row of the default table. */
export function row(id: number | string, columns: EventJson = {}): EventJson {
  return { id, timestamp: "2026-03-04T05:06:07.089Z", event_type: "note", summary: `Row ${id}`, ...columns };
}

/** Counts of a log where nothing has happened. */
function noStats(): StatsAnswer {
  const now = new Date().toISOString();
  const times = { from: now, to: now, bucketMs: 10_000, completeFrom: now };
  return { ...times, latestId: 0, total: 0, types: [], buckets: [], top: {} };
}

function refusal(status: number): Response {
  if (status === 204) return new Response(null, { status });
  return Response.json(
    { status, title: "Refused", detail: `Refused with ${status}.` },
    { status, headers: { "Content-Type": "application/problem+json" } },
  );
}

const encode = (each: EventJson) => `id: ${idOf(each)}\ndata: ${JSON.stringify(each)}\n\n`;
const named = (event: string, data: object) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
const isAfter = (each: EventJson, cursor: string) => BigInt(idOf(each)) > BigInt(cursor);

function idOf(each: EventJson | undefined): number | string {
  const id = each?.["id"];
  return typeof id === "number" || typeof id === "string" ? id : 0;
}

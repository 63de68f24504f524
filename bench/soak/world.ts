/** Everything that happens to a database and its readers, in an order that the seed decides. */
import { join } from "node:path";

import { randomFrom } from "../../tests/support/random.ts";
import { Server } from "../../tests/support/server.ts";
import { findProgram } from "../../tests/support/tools.ts";
import { Load } from "../support/load.ts";
import { MODES, SoakFile, TYPES } from "./file.ts";
import { type Level, sampleLevel } from "./levels.ts";
import { StreamReader } from "./stream-reader.ts";
import { TailReader } from "./tail-reader.ts";

/** What can happen; what stands here more than once happens more often. */
const STEPS = [
  "insertFew",
  "insertMany",
  "insertMany",
  "writeElsewhere",
  "checkpoint",
  "checkpoint",
  "killWriter",
  "vacuum",
  "restartServer",
  "killServer",
  "killTail",
  "killTail",
  "changeReaders",
  "changeReaders",
] as const;

const STREAM_READERS = 8;
const STUCK_READERS = 20;
const STEPS_PER_ROUND = 12;
const STEP_GAP_MS = 300;
const MANY_ROWS = 400;
/** Until every reader has every row, once nobody writes. */
const LEVEL_TIMEOUT_MS = 30_000;
const LOOK_MS = 50;

export class World implements AsyncDisposable {
  readonly faults: string[] = [];
  readonly levels: Level[] = [];
  readonly done = new Map<string, number>();
  readonly checkpointsMs: number[] = [];
  checkpointsRefused = 0;
  /** Rows that came to readers, and comparisons of what a reader has with the table. */
  received = 0;
  compared = 0;
  readonly file: SoakFile;
  readonly #random: (limit: number) => number;
  readonly #sqlite3: string | undefined;
  /** Runs from the beginning to the end. */
  readonly #steady: Server;
  readonly #heapFile: string;
  /** Is restarted and killed. */
  #restless: Server;
  #tails: TailReader[] = [];
  #streams: StreamReader[] = [];
  #names = 0;

  private constructor(seed: number, file: SoakFile, steady: Server, restless: Server, sqlite3?: string) {
    this.#random = randomFrom(seed);
    this.file = file;
    this.#steady = steady;
    this.#restless = restless;
    this.#sqlite3 = sqlite3;
    this.#heapFile = file.scratch.path("heap.json");
  }

  static async create(seed: number): Promise<World> {
    const file = await SoakFile.create();
    const probe = join(import.meta.dir, "../support/heap-probe.ts");
    const under = [
      "env",
      `BUN_OPTIONS=--preload ${probe}`,
      `BENCH_HEAP_FILE=${file.scratch.path("heap.json")}`,
    ];
    const world = new World(
      seed,
      file,
      await Server.start([file.path], { under }),
      await Server.start([file.path]),
      await findProgram("sqlite3"),
    );
    for (const type of [undefined, ...TYPES]) world.#startTail(type);
    while (world.#streams.length < STREAM_READERS) world.#startStream();
    return world;
  }

  /** Some things happen under load; then nobody writes, and every reader has to have every row. */
  async round(): Promise<void> {
    await using stuck = await this.#startStuck();
    for (let step = 0; step < STEPS_PER_ROUND; step++) {
      const name = STEPS[this.#random(STEPS.length)] ?? "insertFew";
      this.#count(name);
      await this[name]();
      await Bun.sleep(STEP_GAP_MS);
    }
    await this.file.stopLoad();
    await this.#compareAll(`after ${STEPS_PER_ROUND} steps`);
    await stuck.finish();
    await this.file.close();
    await this.#changeFile();
    this.levels.push(await sampleLevel(this.#steady.process.pid, this.#heapFile));
    await this.file.open();
  }

  insertFew(): Promise<void> {
    return this.file.insert(1 + this.#random(5));
  }

  insertMany(): Promise<void> {
    return this.file.insert(1 + this.#random(MANY_ROWS));
  }

  writeElsewhere(): Promise<void> {
    return this.file.writeElsewhere();
  }

  killWriter(): Promise<void> {
    return this.file.killWriter();
  }

  vacuum(): Promise<void> {
    return this.file.vacuum();
  }

  async checkpoint(): Promise<void> {
    const taken = await this.file.checkpoint();
    if (taken === undefined) return;
    this.checkpointsMs.push(...taken.tookMs);
    this.checkpointsRefused += taken.refused;
  }

  async restartServer(): Promise<void> {
    const status = await this.#restless.stop("SIGTERM");
    if (status !== 0) this.faults.push(`the server ended with ${status} at a SIGTERM`);
    await this.#startServer();
  }

  async killServer(): Promise<void> {
    await this.#restless.stop("SIGKILL");
    await this.#startServer();
  }

  async killTail(): Promise<void> {
    await this.#tails[this.#random(this.#tails.length)]?.killAndStart();
  }

  async changeReaders(): Promise<void> {
    const [leaves] = this.#streams.splice(this.#random(this.#streams.length), 1);
    if (leaves !== undefined) {
      await leaves[Symbol.asyncDispose]();
      this.#takeFaults(leaves);
    }
    this.#startStream();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using stack = new AsyncDisposableStack();
    stack.use(this.file);
    for (const each of [this.#steady, this.#restless, ...this.#tails, ...this.#streams]) stack.use(each);
  }

  /** Takes over what the readers know when all is over. */
  finish(): { readonly again: number; readonly kills: number } {
    for (const reader of [...this.#tails, ...this.#streams]) this.#takeFaults(reader);
    this.faults.push(...this.file.faults);
    return {
      again: this.#tails.reduce((sum, tail) => sum + tail.again, 0),
      kills: this.#tails.reduce((sum, tail) => sum + tail.kills, 0),
    };
  }

  /** Between two rounds now and then: the log is another one, and every reader has to notice. */
  async #changeFile(): Promise<void> {
    const what = this.#random(4);
    if (what === 0) {
      this.#count("replaceFile");
      await this.file.replace(MODES[this.#random(MODES.length)] ?? "WAL", 1 + this.#random(50));
    } else if (what === 1 && this.#sqlite3 !== undefined) {
      this.#count("restoreBackup");
      await this.file.open();
      await this.file.stopLoad();
      const backup = await this.file.backUp();
      await this.file.insert(1 + this.#random(20));
      await this.#compareAll("before a backup is restored");
      await this.file.close();
      await this.file.restore(backup, this.#sqlite3);
    }
    await this.#compareAll(what === 0 ? "after the file was replaced" : "between two rounds");
  }

  async #compareAll(when: string): Promise<void> {
    const stored = this.file.stored();
    const left = new Set([...this.#tails, ...this.#streams].map(({ view }) => view));
    const deadline = performance.now() + LEVEL_TIMEOUT_MS;
    while (left.size > 0 && performance.now() < deadline) {
      for (const view of left) if (view.differenceFrom(stored) === undefined) left.delete(view);
      if (left.size > 0) await Bun.sleep(LOOK_MS);
    }
    this.compared += this.#tails.length + this.#streams.length;
    for (const view of left) {
      const difference = view.differenceFrom(stored);
      if (difference !== undefined) this.faults.push(`${view.name} ${when}: ${difference}`);
    }
  }

  /** Readers that read nothing for a round, and have to get all of it then. */
  async #startStuck(): Promise<AsyncDisposable & { finish: () => Promise<void> }> {
    const load = await Load.start({
      name: "tailboard",
      port: this.#steady.port,
      path: "/api/events/stream",
      pids: [],
      idPattern: '\ndata: {"id":',
      feed: "",
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
    const latestId = this.file.stored().at(-1)?.id ?? 0;
    await load.open("stuck", STUCK_READERS, latestId, latestId);
    await load.pause("stuck");
    return {
      finish: async () => {
        await load.resume("stuck");
        const lastId = this.file.stored().at(-1)?.id ?? 0;
        // Those whose stream was ended, because they took nothing for long, come back as any client does.
        await load.reconnect("stuck");
        if (!(await load.arrival("stuck", lastId, LEVEL_TIMEOUT_MS)))
          this.faults.push(`readers that were stuck never got the row ${lastId}`);
        const { lost, duplicated, outOfOrder, events } = await load.report("stuck");
        this.received += events;
        if (lost + duplicated + outOfOrder > 0)
          this.faults.push(`stuck readers: ${lost} lost, ${duplicated} twice, ${outOfOrder} out of order`);
      },
      [Symbol.asyncDispose]: () => load[Symbol.asyncDispose](),
    };
  }

  async #startServer(): Promise<void> {
    this.#restless = await Server.start([this.file.path, "--port", String(this.#restless.port)]);
  }

  #startTail(type?: string): void {
    const name = `tail ${++this.#names}${type === undefined ? "" : ` of ${type}`}`;
    const files = { path: this.file.path, cursorFile: this.file.scratch.path(`cursor-${this.#names}`) };
    this.#tails.push(new TailReader(name, files, type));
  }

  #startStream(): void {
    const type = [undefined, ...TYPES][this.#random(1 + TYPES.length)];
    const isSteady = this.#random(2) === 0;
    const name = `stream ${++this.#names}${type === undefined ? "" : ` of ${type}`}`;
    const startId = this.file.stored().at(-1)?.id ?? 0;
    this.#streams.push(
      new StreamReader(name, () => (isSteady ? this.#steady : this.#restless), startId, type),
    );
  }

  #takeFaults({ view }: StreamReader | TailReader): void {
    this.received += view.received;
    this.faults.push(...view.faults.map((fault) => `${view.name}: ${fault}`));
  }

  #count(name: string): void {
    this.done.set(name, (this.done.get(name) ?? 0) + 1);
  }
}

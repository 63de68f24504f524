/**
 * The second process of `--demo`: a small crew of agents that work through a queue of jobs and INSERT an event
 * for whatever happens. Run as `bun src/demo.ts DATABASE [--remove] [SHAPE]`; it ends when its standard input does, and
 * then removes the database and its folder with `--remove`. With a SHAPE it writes to a table of that shape instead.
 */
import { Database, type Statement } from "bun:sqlite";
import { rmdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";

import { DEMO_SHAPES, type DemoShape } from "./demo-shapes.ts";

const AGENTS = ["agent-amber", "agent-birch", "agent-cedar", "agent-delta"];
const WORK = [
  "index the archive",
  "render the report",
  "sync the mirror",
  "resize images",
  "send the digest",
  "rebuild the cache",
];
const FAILURES = [
  "connection reset by peer",
  "disk quota exceeded",
  "timed out after 30 s",
  "checksum mismatch",
];

/** Between two steps of the crew: lively, and still readable. */
const MIN_PAUSE_MS = 150;
const MAX_PAUSE_MS = 1200;
const HEARTBEAT_MS = 10_000;
const FAILURE_RATE = 0.12;
/** Rows that are there at once. */
const HISTORY_ROWS = 30;

interface Job {
  readonly id: string;
  readonly work: string;
  attempt: number;
  startedAtMs: number;
}

interface DemoEvent {
  readonly type: string;
  readonly actor: string;
  readonly job?: Job;
  readonly summary: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

const [path = "", remove, shape] = process.argv.slice(2);
// A terminal sends these to every process that was started in it: the server decides when the demo ends.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);
process.on("uncaughtException", (error) => {
  console.error(error.message.split("\n", 1)[0]);
  process.exit(1);
});
const database = new Database(path, { readwrite: true });
database.run("PRAGMA busy_timeout = 2000");
// A demo may lose its last events in a power cut: it need not wait for the disk.
database.run("PRAGMA synchronous = NORMAL");
const other = shape === undefined ? undefined : DEMO_SHAPES[shape];

let insert: Statement | undefined;

function record({ type, actor, job, summary, metadata }: DemoEvent): void {
  const json = metadata === undefined ? null : JSON.stringify(metadata);
  insert ??= database.prepare(
    "INSERT INTO events(event_type, actor_id, target_id, target_type, summary, metadata) VALUES (?, ?, ?, ?, ?, ?)",
  );
  insert.run(type, actor, job?.id ?? null, job === undefined ? null : "job", summary, json);
}

const queue: Job[] = [];
const working = new Map<string, Job>();
let lastJob = 1000;

function pick<T>(items: readonly [T, ...T[]] | readonly T[], fallback: T): T {
  return items[Math.floor(Math.random() * items.length)] ?? fallback;
}

/** One thing happens. */
function step(): void {
  if (queue.length < 3) {
    const job = { id: `job-${++lastJob}`, work: pick(WORK, "tidy up"), attempt: 1, startedAtMs: 0 };
    queue.push(job);
    const priority = pick(["low", "normal", "high"], "normal");
    return record({
      type: "task_created",
      actor: "scheduler",
      job,
      summary: `Queued: ${job.work}`,
      metadata: { priority, queued: queue.length },
    });
  }
  const agent = pick(AGENTS, "agent-amber");
  const job = working.get(agent);
  if (job === undefined) return claim(agent);
  working.delete(agent);
  if (Math.random() < FAILURE_RATE) return fail(agent, job);
  const seconds = (Date.now() - job.startedAtMs) / 1000;
  record({
    type: "task_completed",
    actor: agent,
    job,
    summary: `Finished: ${job.work}`,
    metadata: { seconds: Number(seconds.toFixed(1)), attempt: job.attempt },
  });
}

function claim(agent: string): void {
  const job = queue.shift();
  if (job === undefined) return;
  job.startedAtMs = Date.now();
  working.set(agent, job);
  record({
    type: "task_claimed",
    actor: agent,
    job,
    summary: `Started: ${job.work}`,
    metadata: { attempt: job.attempt },
  });
}

function fail(agent: string, job: Job): void {
  const error = pick(FAILURES, "unknown");
  record({
    type: "task_failed",
    actor: agent,
    job,
    summary: `Could not ${job.work}`,
    metadata: { attempt: job.attempt, error },
  });
  job.attempt++;
  queue.push(job);
}

/** Ends. A server that was killed could not remove the folder: only what is known to be of the demo is removed. */
function end(): never {
  if (remove === "--remove") {
    database.close();
    for (const companion of ["", "-wal", "-shm"]) rmSync(`${path}${companion}`, { force: true });
    rmdirSync(dirname(path));
  }
  process.exit(0);
}

/** Inserts rows of another shape. */
async function workOn({ insert: sql, row }: DemoShape): Promise<never> {
  const statement = database.prepare(sql);
  for (let count = 0; ; count++) {
    statement.run(...row(count));
    // Some history, so that the page is not empty at first sight.
    if (count >= HISTORY_ROWS) await pause();
  }
}

function pause(): Promise<void> {
  return Bun.sleep(MIN_PAUSE_MS + Math.random() * (MAX_PAUSE_MS - MIN_PAUSE_MS));
}

async function workAsCrew(): Promise<never> {
  for (const agent of AGENTS) {
    record({
      type: "agent_registered",
      actor: agent,
      summary: `${agent} joined the crew`,
      metadata: { version: "2.4.1", slots: 1 },
    });
  }
  setInterval(() => {
    const agent = pick(AGENTS, "agent-amber");
    record({
      type: "heartbeat",
      actor: agent,
      summary: `${agent} is ${working.has(agent) ? "working" : "idle"}`,
    });
  }, HEARTBEAT_MS);
  for (let index = 0; ; index++) {
    step();
    if (index >= HISTORY_ROWS) await pause();
  }
}

// The server holds the other end: when the server is gone, for whatever reason, the demo ends too.
process.stdin.on("end", end).resume();
await (other === undefined ? workAsCrew() : workOn(other));

/** A lifelike database: a crew of agents, its queue, and what happened in its last half hour. The same at each call, but for the clock. */
import { Database } from "bun:sqlite";

import { schemaSql } from "../../src/db/sqlite/create.ts";

const AGENTS = ["agent-amber", "agent-birch", "agent-cedar", "agent-delta"] as const;
const WORK = [
  "index the archive",
  "render the report",
  "sync the mirror",
  "resize 240 images",
  "send the digest",
  "rebuild the cache",
  "import the price list",
  "verify the backup",
];
const FAILURES = ["connection reset by peer", "disk quota exceeded", "checksum mismatch"];

/** The job that fails three times, and by what. */
export const TROUBLED_JOB = "job-1096";
const TROUBLES = [
  "timed out after 30 s",
  "connection reset by peer: mirror-2.example.org:443",
  "checksum mismatch: expected 9f2c41d8, got 00000000",
];

const SPAN_MS = 30 * 60_000;
const FIRST_JOB = 1001;
/** Finished jobs stay in the queue for that long. */
const KEPT_MS = 4 * 60_000;
/** Since then nothing is heard of the last of the agents. */
const SILENT_MS = 5 * 60_000;

interface Job {
  readonly id: string;
  readonly work: string;
  readonly priority: string;
  state: "queued" | "running" | "done" | "failed";
  attempt: number;
  agent: string | null;
  readyAtMs: number;
  updatedAtMs: number;
}

interface Event {
  readonly atMs: number;
  readonly type: string;
  readonly actor: string;
  readonly job?: Job;
  readonly summary: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Numbers from 0 to 1 that are the same at each call: https://en.wikipedia.org/wiki/Lehmer_random_number_generator */
function numbers(seed: number): () => number {
  let last = seed;
  return () => (last = (last * 48_271) % 2_147_483_647) / 2_147_483_647;
}

class Crew {
  readonly events: Event[] = [];
  readonly jobs: Job[] = [];
  readonly freeAtMs = new Map<string, number>();
  readonly #random = numbers(7);
  readonly #nowMs: number;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
    const startMs = nowMs - SPAN_MS;
    AGENTS.forEach((agent, at) => {
      this.freeAtMs.set(agent, startMs + at * 1500);
      const metadata = { version: "2.4.1", slots: 1 };
      this.events.push({
        atMs: startMs + at * 900,
        type: "agent_registered",
        actor: agent,
        summary: `${agent} joined the crew`,
        metadata,
      });
      for (let atMs = startMs + 60_000 + at * 700; atMs < this.#endOf(agent); atMs += 120_000) {
        this.events.push({ atMs, type: "heartbeat", actor: agent, summary: `${agent} is alive` });
      }
    });
    for (let atMs = startMs + 4000; atMs < nowMs; atMs += this.#between(6500, 21_000)) this.#queue(atMs);
    while (this.#work());
    this.events.sort((one, other) => one.atMs - other.atMs);
  }

  #between(from: number, to: number): number {
    return Math.round(from + this.#random() * (to - from));
  }

  #pick<T>(items: readonly [T, ...T[]] | readonly T[], fallback: T): T {
    return items[Math.floor(this.#random() * items.length)] ?? fallback;
  }

  #endOf(agent: string): number {
    return agent === AGENTS.at(-1) ? this.#nowMs - SILENT_MS : this.#nowMs;
  }

  #queue(atMs: number): void {
    const id = `job-${FIRST_JOB + this.jobs.length}`;
    const work = id === TROUBLED_JOB ? "sync the mirror" : this.#pick(WORK, "tidy up");
    const priority = this.#pick(["low", "normal", "normal", "high"], "normal");
    const job: Job = {
      id,
      work,
      priority,
      state: "queued",
      attempt: 0,
      agent: null,
      readyAtMs: atMs,
      updatedAtMs: atMs,
    };
    this.jobs.push(job);
    const metadata = { priority };
    this.events.push({
      atMs,
      type: "task_created",
      actor: "scheduler",
      job,
      summary: `Queued: ${work}`,
      metadata,
    });
  }

  /** Whoever is free first takes the job that waits longest. @returns false when the half hour is over */
  #work(): boolean {
    const [agent, freeAtMs] = [...this.freeAtMs].toSorted((one, other) => one[1] - other[1])[0] ?? [
      "",
      Infinity,
    ];
    const job = this.jobs
      .filter(({ state }) => state === "queued")
      .toSorted((a, b) => a.readyAtMs - b.readyAtMs)[0];
    const startMs = Math.max(freeAtMs, (job?.readyAtMs ?? Infinity) + 1200);
    if (job === undefined || startMs >= this.#endOf(agent))
      return this.freeAtMs.delete(agent) && this.freeAtMs.size > 0;
    Object.assign(job, { state: "running", agent, attempt: job.attempt + 1, updatedAtMs: startMs });
    const { attempt } = job;
    this.#tell(startMs, "task_claimed", agent, job, `Started: ${job.work}`, { attempt });
    const endMs = startMs + this.#between(12_000, 65_000);
    this.freeAtMs.set(agent, endMs + this.#between(800, 4000));
    if (endMs < this.#endOf(agent)) this.#finish(endMs, agent, job, (endMs - startMs) / 1000);
    return true;
  }

  #finish(atMs: number, agent: string, job: Job, seconds: number): void {
    const { attempt, work } = job;
    const isTroubled = job.id === TROUBLED_JOB;
    job.updatedAtMs = atMs;
    const error = isTroubled
      ? TROUBLES[attempt - 1]
      : this.#random() < 0.11
        ? this.#pick(FAILURES, "")
        : undefined;
    if (error === undefined) {
      job.state = "done";
      this.#tell(atMs, "task_completed", agent, job, `Finished: ${work}`, {
        seconds: Number(seconds.toFixed(1)),
        attempt,
      });
      return;
    }
    this.#tell(atMs, "task_failed", agent, job, `Could not ${work}`, { attempt, error });
    const isLast = attempt === TROUBLES.length;
    job.state = isLast ? "failed" : "queued";
    if (isLast) return;
    job.readyAtMs = atMs + 20_000 * attempt;
    const metadata = { attempt: attempt + 1, in_seconds: 20 * attempt };
    this.#tell(atMs + 300, "task_retry_scheduled", "scheduler", job, `Will try again: ${work}`, metadata);
  }

  #tell(
    atMs: number,
    type: string,
    actor: string,
    job: Job,
    summary: string,
    metadata: Readonly<Record<string, unknown>>,
  ): void {
    this.events.push({ atMs, type, actor, job, summary, metadata });
  }
}

const time = (ms: number) => new Date(ms).toISOString();

/** Fills a new database. @param nowMs the time of its newest event, in milliseconds since the epoch */
export function createCrew(path: string, nowMs: number): void {
  const crew = new Crew(nowMs);
  using database = new Database(path, { create: true });
  database.run("PRAGMA journal_mode = WAL");
  database.run(schemaSql("events"));
  database.run(`CREATE TABLE agents (id TEXT PRIMARY KEY, status TEXT NOT NULL, item TEXT REFERENCES work_items(id),
    finished INTEGER NOT NULL, last_seen TEXT NOT NULL)`);
  database.run(`CREATE TABLE work_items (id TEXT PRIMARY KEY, title TEXT NOT NULL, state TEXT NOT NULL,
    agent TEXT REFERENCES agents(id), attempt INTEGER NOT NULL, priority TEXT NOT NULL, updated_at TEXT NOT NULL)`);
  database.transaction(() => {
    const event = database.prepare(
      `INSERT INTO events(timestamp, event_type, actor_id, target_id, target_type, summary, metadata)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const { atMs, type, actor, job, summary, metadata } of crew.events) {
      if (atMs > nowMs) continue;
      const json = metadata === undefined ? null : JSON.stringify(metadata);
      event.run(time(atMs), type, actor, job?.id ?? null, job === undefined ? null : "job", summary, json);
    }
    const agent = database.prepare("INSERT INTO agents VALUES (?, ?, ?, ?, ?)");
    AGENTS.forEach((id, at) => {
      const mine = crew.jobs.filter((job) => job.agent === id);
      const running = mine.find(({ state }) => state === "running");
      const isSilent = id === AGENTS.at(-1);
      const status = running === undefined ? "idle" : "working";
      const finished = mine.filter(({ state }) => state === "done").length;
      agent.run(
        id,
        status,
        running?.id ?? null,
        finished,
        time(nowMs - (isSilent ? SILENT_MS : 900 * (at + 1))),
      );
    });
    const item = database.prepare("INSERT INTO work_items VALUES (?, ?, ?, ?, ?, ?, ?)");
    for (const job of crew.jobs) {
      if (job.state === "done" && job.updatedAtMs < nowMs - KEPT_MS) continue;
      item.run(job.id, job.work, job.state, job.agent, job.attempt, job.priority, time(job.updatedAtMs));
    }
  })();
}

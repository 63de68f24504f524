/** How a tail stands in its surroundings: a reader that stops, a terminal, and what it loads. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { describeWhere } from "../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { lines, Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const SERVER = join(import.meta.dir, "../../src/server.ts");
const isLinux = process.platform === "linux";

/** Far more than pipes and sockets hold. In bytes, of rows of 1 KiB. */
const BACKLOG_BYTES = 67_108_864;
/** What a process of Bun takes that keeps nothing of them. */
const MOST_BYTES = 117_440_512;

/** Nothing that works for its events rests for so long. In ms. */
const STUCK_MS = 500;

/** How often a process has a database open. */
function openDatabases(pid: number): number {
  const files = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  return files.filter((file) => file.endsWith("events.db")).length;
}

async function fill(path: string, rows: number): Promise<void> {
  createDatabase(path, "events");
  await using writer = new Writer(path);
  await writer.run(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
     INSERT INTO events(event_type, summary) SELECT 'test', hex(zeroblob(500)) FROM n`,
  );
  await writer.close();
}

const describeOnLinux = describeWhere(
  isLinux,
  "What a process takes is read from /proc, which only Linux has.",
);

describeOnLinux("a reader that stops", () => {
  test.each(["file", "server"])("costs no memory, following a %s", async (kind) => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    await fill(path, BACKLOG_BYTES / 1024);
    await using server = kind === "server" ? await Server.start([path]) : undefined;
    const code = '{ "$0" "$1" tail "$2" --after 0 & echo $! >&2; wait; } | sleep 60';
    const child = Bun.spawn(["bash", "-c", code, process.execPath, SERVER, server?.url ?? path], {
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
      env: { PATH: process.env["PATH"] },
    });
    const { value: pid } = await lines(child.stderr).next();
    try {
      // It has begun, and what it takes of the processor stays the same: it is stuck.
      let before = "";
      await until(
        async () => {
          const [, ...fields] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
          const ticks = fields.join(") ").split(" ").slice(11, 13).join(" ");
          const isStuck = ticks === before && openDatabases(Number(pid)) + Number(kind === "server") > 0;
          before = ticks;
          await Bun.sleep(STUCK_MS);
          return isStuck;
        },
        "the pipe to be full",
        30_000,
      );
      const peak = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
      expect(peak).toBeLessThan(MOST_BYTES);
    } finally {
      process.kill(Number(pid), "SIGKILL");
      child.kill("SIGKILL");
      await child.exited;
    }
  });
});

describeWhere(
  Bun.which("script") !== null,
  "A terminal is not tested: install script (apt-get install bsdutils).",
)("on a terminal", () => {
  /** Runs a command in a terminal of 60 columns, to its end. */
  async function inTerminal(command: string, env: Record<string, string> = {}): Promise<string> {
    const child = Bun.spawn(["script", "-qec", `stty cols 60; ${command}`, "/dev/null"], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      env: { PATH: process.env["PATH"], TERM: "xterm", ...env },
    });
    const [output] = await Promise.all([new Response(child.stdout).text(), child.exited]);
    return output.replaceAll("\r\n", "\n");
  }

  test("events are columns that fit, coloured unless NO_COLOR is set, and spelt out", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    await writer.run(
      "INSERT INTO events(event_type, actor_id, summary) VALUES ('task_failed', 'agent-1', char(27) || '[2J' || hex(zeroblob(50)))",
    );
    const command = `${process.execPath} ${SERVER} query ${path}`;
    const coloured = await inTerminal(command);
    expect(coloured).toContain("\u001b[31mtask_failed\u001b[0m");
    expect(coloured).not.toContain("\u001b[2J");
    const plain = await inTerminal(command, { NO_COLOR: "1" });
    expect(plain).not.toContain("\u001b");
    expect(plain).toContain("\\u001b[2J0000");
    expect(plain.trimEnd()).toHaveLength(60);
    const json = await inTerminal(`${command} --json`);
    expect(JSON.parse(json)).toMatchObject({ id: 1, event_type: "task_failed" });
  });
});

describe("a tail", () => {
  test("loads neither the page nor HTTP", async () => {
    const entry = join(import.meta.dir, "../../src/cli/run.ts");
    const { outputs } = await Bun.build({ entrypoints: [entry], target: "bun", sourcemap: "external" });
    const map = outputs.find(({ kind }) => kind === "sourcemap");
    const { sources }: { sources: string[] } = JSON.parse((await map?.text()) ?? '{"sources":[]}');
    expect(sources.some((source) => source.endsWith("src/db/sqlite/tail.ts"))).toBe(true);
    expect(sources.filter((source) => /src\/(?:http|web)\/|prom-client|preact/.test(source))).toEqual([]);
  });
});

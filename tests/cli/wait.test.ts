/** `tailboard wait`, as a process of its own. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { Command, runCommand } from "../support/command.ts";
import { Scratch } from "../support/scratch.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** So long that it is over before the test only where something hangs. */
const LONG = "50s";
const SHORT = "300ms";

class Log implements AsyncDisposable {
  readonly scratch = new Scratch();
  readonly path = this.scratch.path("events.db");
  readonly writer: Writer;

  constructor() {
    createDatabase(this.path, "events");
    this.writer = new Writer(this.path);
  }

  async write(type: string): Promise<void> {
    await this.writer.run(`INSERT INTO events(event_type, summary) VALUES ('${type}', 'a summary')`);
  }

  /** Writes again and again until the command has ended: when it begins to look can't be seen from here. */
  async writeUntilEnd(command: Command, type: string): Promise<number | null> {
    let hasEnded = false;
    const status = command.end().finally(() => (hasEnded = true));
    while (!hasEnded) {
      await this.write(type);
      await Bun.sleep(20);
    }
    return status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.writer[Symbol.asyncDispose]();
    this.scratch[Symbol.dispose]();
  }
}

test("ends with 0 when an event comes that matches, and prints it", async () => {
  await using log = new Log();
  await log.write("done");
  await using wait = new Command(["wait", log.path, "--where", "type:done", "--timeout", LONG]);
  expect(await log.writeUntilEnd(wait, "done")).toBe(0);
  expect(wait.events).toEqual([expect.objectContaining({ event_type: "done" })]);
  // What was there before is not waited for.
  expect(Number(wait.ids[0])).toBeGreaterThan(1);
});

test("waits for so many", async () => {
  await using log = new Log();
  for (const type of ["done", "other", "done", "done"]) await log.write(type);
  const args = ["wait", log.path, "--where", "type:done", "--after", "0", "--count"];
  const three = await runCommand([...args, "3", "--timeout", LONG]);
  expect([three.status, three.lines.length]).toEqual([0, 3]);
  const four = await runCommand([...args, "4", "--timeout", SHORT]);
  expect([four.status, four.lines.length]).toEqual([3, 3]);
});

test("misses nothing between two waits with --after and with --cursor", async () => {
  await using log = new Log();
  for (const type of ["a", "a", "a"]) await log.write(type);
  const ids: unknown[] = [];
  for (let after = "0"; ids.length < 3;) {
    const { status, lines } = await runCommand(["wait", log.path, "--after", after, "--timeout", LONG]);
    const event: { id: number } = JSON.parse(lines[0] ?? "{}");
    expect(status).toBe(0);
    ids.push(event.id);
    after = String(event.id);
  }
  for (let count = 0; count < 3; count++) {
    const cursor = log.scratch.path("cursor");
    const { lines } = await runCommand([
      "wait",
      log.path,
      "--after",
      "0",
      "--cursor",
      cursor,
      "--timeout",
      LONG,
    ]);
    const event: { id: number } = JSON.parse(lines[0] ?? "{}");
    ids.push(event.id);
  }
  expect(ids).toEqual([1, 2, 3, 1, 2, 3]);
});

test("ends with 3 when the time is over, also where there is no database", async () => {
  await using log = new Log();
  expect(await runCommand(["wait", log.path, "--timeout", SHORT])).toEqual({
    status: 3,
    lines: [],
    errors: [],
  });
  const missing = await runCommand(["wait", log.scratch.path("none.db"), "--timeout", SHORT]);
  expect(missing).toEqual({ status: 3, lines: [], errors: [expect.stringContaining("There is no file")] });
});

test("--silence is the other way round", async () => {
  await using log = new Log();
  await log.write("heartbeat");
  const silent = await runCommand(["wait", log.path, "--silence", "--timeout", SHORT]);
  expect(silent).toEqual({ status: 0, lines: [], errors: [] });
  const other = ["wait", log.path, "--silence", "--where", "type:heartbeat", "--timeout", LONG];
  await using disturbed = new Command(other);
  expect(await log.writeUntilEnd(disturbed, "heartbeat")).toBe(3);
  expect(disturbed.events).toHaveLength(1);
});

test("--silence can't be told of a log that can't be read", async () => {
  using scratch = new Scratch();
  const { status, errors } = await runCommand([
    "wait",
    scratch.path("none.db"),
    "--silence",
    "--timeout",
    SHORT,
  ]);
  expect(status).toBe(1);
  expect(errors.at(-1)).toContain("can't tell whether there was silence");
});

test.each([
  [["--timeout", "10"], "--timeout takes a time with its unit"],
  [["--timeout", "0s"], "--timeout takes a time with its unit"],
  [["--timeout", "99d"], "up to 24d"],
  [["--count", "0"], "--count takes a whole number from 1"],
  [["--lines", "3"], "wait takes no --lines"],
])("refuses %j with one line and status 2", async (options, words) => {
  const { status, errors } = await runCommand(["wait", ...options]);
  expect([status, errors]).toEqual([2, [expect.stringContaining(words)]]);
});

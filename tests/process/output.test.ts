/** Standard output that takes its time, or nothing, or fails. */
import { expect, test } from "bun:test";

import { Output, OUTPUT_BUDGET_BYTES } from "../../src/process/output.ts";
import { until } from "../support/until.ts";

type Answer = (error: Error | null, writtenBytes: number) => void;

/** A sink that answers when the test says so. */
class SlowSink {
  text = "";
  readonly dropped: number[] = [];
  readonly failures: string[] = [];
  calls = 0;
  #pending: { bytes: Uint8Array; answer: Answer } | undefined;
  readonly output = new Output({
    write: (bytes: Uint8Array, answer: Answer) => {
      if (this.#pending !== undefined) throw new Error("two writes at a time");
      this.calls++;
      this.#pending = { bytes, answer };
    },
    onDropped: (lines) => {
      this.dropped.push(lines);
      this.output.print(`dropped ${lines}`);
    },
    onFailure: (error) => this.failures.push(error.message),
  });

  get isWriting(): boolean {
    return this.#pending !== undefined;
  }

  /** Takes so many bytes of the write that waits. */
  take(maxBytes = Infinity): void {
    const pending = this.#pending;
    if (pending === undefined) throw new Error("nothing is written");
    const taken = pending.bytes.subarray(0, Math.min(maxBytes, pending.bytes.length));
    this.text += new TextDecoder().decode(taken);
    this.#pending = undefined;
    pending.answer(null, taken.length);
  }

  fail(code: string): void {
    const answer = this.#pending?.answer;
    this.#pending = undefined;
    answer?.(Object.assign(new Error(code), { code }), 0);
  }

  takeAll(): void {
    while (this.isWriting) this.take();
  }
}

const LINE = "x".repeat(999);

test("lines come in order, whatever part of them a write takes", () => {
  const sink = new SlowSink();
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index} ☃`);
  for (const line of lines) sink.output.print(line);
  while (sink.isWriting) sink.take(7);
  // A snowman that was cut in two can't be decoded in two: the bytes are counted.
  expect(sink.text.replaceAll("�", "").split("\n")).toHaveLength(101);
  const whole = new SlowSink();
  for (const line of lines) whole.output.print(line);
  whole.takeAll();
  expect(whole.text).toBe(lines.map((line) => `${line}\n`).join(""));
  // What waits goes in one piece: the first line, and then the rest.
  expect(whole.calls).toBe(2);
});

test("beyond the budget lines are dropped, counted, and told of once it flows again", () => {
  const sink = new SlowSink();
  const printed = 3 * Math.ceil(OUTPUT_BUDGET_BYTES / 1000);
  for (let line = 0; line < printed; line++) sink.output.print(LINE);
  expect(sink.output.waitingBytes).toBeLessThanOrEqual(OUTPUT_BUDGET_BYTES);
  expect(sink.dropped).toEqual([]);
  // A short line would have room, but after one that was dropped it would seem that nothing is missing.
  sink.output.print("short");
  sink.takeAll();
  const kept = sink.text.split("\n").filter((line) => line === LINE).length;
  expect(kept).toBe(Math.floor(OUTPUT_BUDGET_BYTES / 1000));
  expect(sink.dropped).toEqual([printed - kept + 1]);
  sink.output.print("after");
  sink.takeAll();
  expect(sink.text).toEndWith(`dropped ${printed - kept + 1}\nafter\n`);
  expect(sink.text).not.toContain("short");
  expect(sink.output.waitingBytes).toBe(0);
});

test("an output that failed is told of once, is tried with the next line, and not without one", () => {
  const sink = new SlowSink();
  for (let line = 0; line < 5; line++) sink.output.print(LINE);
  sink.fail("EPIPE");
  expect(sink.isWriting).toBe(false);
  for (let line = 0; line < 5; line++) {
    sink.output.print(LINE);
    sink.fail("EPIPE");
  }
  expect(sink.calls).toBe(6);
  expect(sink.failures).toEqual(["EPIPE"]);
  sink.output.print("well again");
  sink.takeAll();
  expect(sink.text).toBe("well again\ndropped 10\n");
  expect(sink.output.waitingBytes).toBe(0);
  sink.output.print(LINE);
  sink.fail("ENOSPC");
  expect(sink.failures).toEqual(["EPIPE", "ENOSPC"]);
});

test("a full pipe that another program made non-blocking is tried again, and nothing is lost", async () => {
  const sink = new SlowSink();
  sink.output.print("patience");
  sink.fail("EAGAIN");
  await until(() => sink.isWriting, "another try");
  sink.takeAll();
  expect(sink.text).toBe("patience\n");
  expect(sink.failures).toEqual([]);
});

test("flush waits for what waits, and not for ever", async () => {
  const sink = new SlowSink();
  sink.output.print("last words");
  let isFlushed = false;
  const flushed = sink.output.flush(60_000).then(() => (isFlushed = true));
  await Promise.resolve();
  expect(isFlushed).toBe(false);
  sink.takeAll();
  await flushed;
  await sink.output.flush(60_000);

  sink.output.print("nobody reads this");
  await sink.output.flush(1);
});

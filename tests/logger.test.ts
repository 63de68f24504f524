import { describe, expect, test } from "bun:test";

import { Logger } from "../src/logger.ts";

function loggerOf(format: "text" | "json") {
  const lines: string[] = [];
  /** The wall clock, and the one that never goes back. */
  const clock = { nowMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6), elapsedMs: 0 };
  const logger = new Logger({
    format,
    write: (line) => lines.push(line),
    now: () => clock.nowMs,
    elapsedMs: () => clock.elapsedMs,
  });
  return { logger, lines, clock };
}

test("a line of JSON for machines", () => {
  const { logger, lines } = loggerOf("json");
  logger.info("listening", { url: "http://x/", port: 3000 });
  expect(lines).toEqual([
    '{"time":"2026-01-02T03:04:05.006Z","level":"info","message":"listening","url":"http://x/","port":3000}',
  ]);
});

test("a line of text for people, whatever is in the values", () => {
  const { logger, lines } = loggerOf("text");
  logger.warn("state changed", { state: "error", problem: "line\nbreak", none: undefined });
  expect(lines).toEqual([
    '2026-01-02T03:04:05.006Z warn  state changed  state="error"  problem="line\\nbreak"',
  ]);
});

test("a warning that any client can cause is counted by its message alone", () => {
  const { logger, lines } = loggerOf("json");
  for (let attempt = 1; attempt <= 300; attempt++)
    logger.warnOften("odd header", { header: `zzz${attempt}` });
  expect(lines).toHaveLength(1);
});

test("an error that comes again is counted, not repeated", () => {
  const { logger, lines, clock } = loggerOf("json");
  for (let id = 1; id <= 5; id++) logger.error("sending events", "disk on fire", { lastSentId: id });
  logger.error("sending events", "another reason");
  expect(lines.map((line) => JSON.parse(line).reason)).toEqual(["disk on fire", "another reason"]);
  clock.elapsedMs += 10_000;
  logger.error("sending events", "disk on fire", { lastSentId: 6 });
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
    level: "error",
    message: "sending events failed",
    lastSentId: 6,
    repeated: 4,
  });
});

/** What moves a terminal's cursor, hides text or turns its direction: C0, DEL, C1, marks of direction, line separators. */
const CONTROLS = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from({ length: 0x21 }, (_, index) => 0x7f + index),
  0x061c,
  0x200e,
  0x200f,
  0x2028,
  0x2029,
  0x202a,
  0x202b,
  0x202c,
  0x202d,
  0x202e,
  0x2066,
  0x2067,
  0x2068,
  0x2069,
  0xfeff,
].map((code) => String.fromCharCode(code));

describe.each(["text", "json"] as const)("control characters from outside, as %s", (format) => {
  test("never reach the terminal, wherever they stand", () => {
    for (const control of CONTROLS) {
      const { logger, lines } = loggerOf(format);
      logger.info(`message ${control}`, { value: `value ${control}`, [`name ${control}`]: "x" });
      logger.error(`operation ${control}`, `reason ${control}`);
      logger.warnOften(`often ${control}`, { value: control });
      expect(lines).toHaveLength(3);
      for (const line of lines) expect(CONTROLS.filter((candidate) => line.includes(candidate))).toEqual([]);
    }
  });

  test("are spelt out, and other letters stay", () => {
    const { logger, lines } = loggerOf(format);
    logger.warn("odd", { header: "a\u009b31m\u007f\u202eб\u2028☃🎉" });
    expect(lines[0]).toContain("a\\u009b31m\\u007f\\u202eб\\u2028☃🎉");
  });
});

test("a line of JSON gives every character back", () => {
  const { logger, lines } = loggerOf("json");
  logger.warn("odd", { header: CONTROLS.join("") });
  expect(JSON.parse(lines[0] ?? "").header).toBe(CONTROLS.join(""));
});

test("a clock that is set back does not silence an error that comes again", () => {
  const { logger, lines, clock } = loggerOf("json");
  logger.error("sending events", "disk on fire");
  clock.nowMs -= 3_600_000;
  clock.elapsedMs += 10_000;
  logger.error("sending events", "disk on fire");
  expect(lines).toHaveLength(2);
});

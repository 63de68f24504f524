import { expect, test } from "bun:test";

import { Logger } from "../src/logger.ts";

function loggerOf(format: "text" | "json"): { logger: Logger; lines: string[]; clock: { nowMs: number } } {
  const lines: string[] = [];
  const clock = { nowMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6) };
  return {
    lines,
    clock,
    logger: new Logger({ format, write: (line) => lines.push(line), now: () => clock.nowMs }),
  };
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
  clock.nowMs += 10_000;
  logger.error("sending events", "disk on fire", { lastSentId: 6 });
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
    level: "error",
    message: "sending events failed",
    lastSentId: 6,
    repeated: 4,
  });
});

import { describe, expect, test } from "bun:test";

import { CheckpointGaps, GAP_MS, READING_MS } from "../../../src/db/sqlite/long-reads/checkpoint-gaps.ts";

/** Reads for as long as it may, a millisecond at a time. @returns when it read */
function readThroughout(gaps: CheckpointGaps, fromMs: number, toMs: number, commits: boolean): number[] {
  const read: number[] = [];
  for (let now = fromMs; now < toMs;) {
    if (commits) gaps.noteCommit(now);
    const pauseMs = gaps.pauseMs(now);
    if (pauseMs > 0) {
      now += pauseMs;
      continue;
    }
    read.push(now);
    now += 1;
    gaps.noteRead(now);
  }
  return read;
}

describe("a long read beside writers", () => {
  test("leaves gaps that a checkpoint finds, however long it goes on", () => {
    const read = readThroughout(new CheckpointGaps(), 1000, 2000, true);
    const pauses = read.slice(1).map((at, index) => at - (read[index] ?? 0) - 1);
    const gaps = pauses.filter((pause) => pause > 0);
    expect(gaps.length).toBeGreaterThan(10);
    for (const gap of gaps) expect(gap).toBe(GAP_MS);
    // Never longer than that without one.
    const starts = read.filter((at, index) => index === 0 || at - (read[index - 1] ?? 0) > 1);
    for (const start of starts.slice(0, -1))
      expect(read.filter((at) => at >= start && at < start + READING_MS + GAP_MS).length).toBe(READING_MS);
  });

  test("needs none where nobody writes, and none right after it was idle", () => {
    expect(readThroughout(new CheckpointGaps(), 0, 500, false).length).toBe(500);
    const gaps = new CheckpointGaps();
    readThroughout(gaps, 0, READING_MS, true);
    expect(gaps.pauseMs(READING_MS + GAP_MS)).toBe(0);
  });
});

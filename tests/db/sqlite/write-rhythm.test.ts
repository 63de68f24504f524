import { describe, expect, test } from "bun:test";

import { WriteRhythm } from "../../../src/db/sqlite/write-rhythm.ts";

function rhythmOf(...commitsAtMs: number[]): WriteRhythm {
  const rhythm = new WriteRhythm();
  for (const atMs of commitsAtMs) rhythm.committed(atMs);
  return rhythm;
}

describe("when to read a backlog in the rollback modes", () => {
  test("at once while nobody writes, or nobody wrote twice", () => {
    expect(rhythmOf().pauseMs(5)).toBe(0);
    expect(rhythmOf(100).pauseMs(105)).toBe(0);
  });

  test("right after a commit, and not when the next one is due", () => {
    const rhythm = rhythmOf(0, 20, 40);
    expect(rhythm.pauseMs(40)).toBe(0);
    expect(rhythm.pauseMs(49)).toBe(0);
    expect(rhythm.pauseMs(51)).toBeGreaterThan(0);
    expect(rhythm.pauseMs(65)).toBeGreaterThan(0);
  });

  test("again once the next commit has failed to come for a while, and the pause says when", () => {
    const rhythm = rhythmOf(0, 20, 40);
    const pauseMs = rhythm.pauseMs(51);
    expect(rhythm.pauseMs(51 + pauseMs - 1)).toBeGreaterThan(0);
    expect(rhythm.pauseMs(51 + pauseMs)).toBe(0);
  });

  test("the shortest of the last pauses counts, and older ones are forgotten", () => {
    expect(rhythmOf(0, 20, 100, 200).pauseMs(215)).toBeGreaterThan(0);
    expect(rhythmOf(0, 20, 100, 200, 300, 400, 500, 600, 700, 800, 900).pauseMs(915)).toBe(0);
  });

  test("a writer that writes every few seconds never makes a reader wait for as long", () => {
    const rhythm = rhythmOf(0, 3000, 6000);
    expect(rhythm.pauseMs(8000)).toBeLessThanOrEqual(1000);
    expect(rhythm.pauseMs(6000)).toBe(0);
  });
});

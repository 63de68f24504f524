import { describe, expect, test } from "bun:test";

import { RecentCommits } from "../../../src/db/sqlite/recent-commits.ts";

/** Commits of ten rows each, after the row 100. */
function afterCommits(count: number): { recent: RecentCommits; latestId: bigint } {
  const recent = new RecentCommits(100n);
  for (let commit = 0; commit < count; commit++) recent.add(100n + BigInt(commit) * 10n);
  return { recent, latestId: 100n + BigInt(count) * 10n };
}

describe("who follows live", () => {
  test("has what there was before the last commit", () => {
    const { recent } = afterCommits(3);
    expect([119n, 120n, 130n].map((cursor) => recent.isLive(cursor))).toEqual([false, true, true]);
  });

  test("is at the end, where there was no commit yet", () => {
    const { recent } = afterCommits(0);
    expect([99n, 100n].map((cursor) => recent.isLive(cursor))).toEqual([false, true]);
  });

  test("has the id to which the log goes back", () => {
    const { recent } = afterCommits(3);
    recent.clear(50n);
    expect([49n, 50n].map((cursor) => recent.isLive(cursor))).toEqual([false, true]);
  });
});

describe("a cursor is recent", () => {
  test("as far back as the sixteenth commit", () => {
    const { recent, latestId } = afterCommits(17);
    expect([109n, 110n].map((cursor) => recent.isRecent(cursor, latestId))).toEqual([false, true]);
  });

  test("at the end alone, after the log has gone back", () => {
    const { recent } = afterCommits(3);
    recent.clear(50n);
    expect([59n, 60n].map((cursor) => recent.isRecent(cursor, 60n))).toEqual([false, true]);
  });
});

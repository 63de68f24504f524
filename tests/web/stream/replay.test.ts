import { expect, test } from "bun:test";

import { Replay } from "../../../src/web/stream/replay.ts";

const row = (id: number, text = "{}") => ({ id: BigInt(id), text });

/** A replay of the rows after a cursor. */
function replayOf(cursor: number, ...ids: number[]): Replay {
  const replay = new Replay(BigInt(cursor));
  for (const id of ids) replay.add(row(id));
  return replay;
}

const idsAfter = (replay: Replay, cursor: number) =>
  replay.after(BigInt(cursor))?.map(({ id }) => Number(id));

test("gives the rows after a cursor, and none where the cursor is at the end or ahead", () => {
  const replay = replayOf(10, 12, 15, 16);
  expect(idsAfter(replay, 10)).toEqual([12, 15, 16]);
  expect(idsAfter(replay, 13)).toEqual([15, 16]);
  expect(idsAfter(replay, 16)).toEqual([]);
  expect(idsAfter(replay, 20)).toEqual([]);
});

test("says where rows before it may be missing", () => {
  expect(idsAfter(replayOf(10, 12), 9)).toBeUndefined();
  expect(idsAfter(replayOf(10), 10)).toEqual([]);
});

test("keeps a bounded number of rows, and says that the older ones are gone", () => {
  const replay = replayOf(0, ...Array.from({ length: 2000 }, (_, at) => at + 1));
  expect(idsAfter(replay, 1499)).toBeUndefined();
  expect(idsAfter(replay, 1500)).toHaveLength(500);
});

test("keeps a bounded size", () => {
  const replay = new Replay(0n);
  for (let id = 1; id <= 30; id++) replay.add(row(id, "x".repeat(100_000)));
  expect(idsAfter(replay, 19)).toBeUndefined();
  expect(idsAfter(replay, 20)).toHaveLength(10);
  replay.add(row(31, "x".repeat(2_000_000)));
  expect(idsAfter(replay, 30)).toBeUndefined();
  expect(idsAfter(replay, 31)).toEqual([]);
});

test("forgets the rows that a reset makes void, and the size that they had", () => {
  const replay = replayOf(10, 11, 12, 13);
  replay.resumeFrom(11n);
  expect([idsAfter(replay, 10), Number(replay.last)]).toEqual([[11], 11]);
  replay.add(row(12));
  expect(idsAfter(replay, 11)).toEqual([12]);
  for (let round = 0; round < 20; round++) {
    replay.add(row(13, "x".repeat(100_000)));
    replay.resumeFrom(12n);
  }
  expect(idsAfter(replay, 10)).toEqual([11, 12]);
});

test.each([5, 50])("goes on at %i, though it has nothing of what lies between", (cursor) => {
  const replay = replayOf(10, 11, 12);
  replay.resumeFrom(BigInt(cursor));
  expect(idsAfter(replay, cursor - 1)).toBeUndefined();
  expect(idsAfter(replay, cursor)).toEqual([]);
});

import { expect, test } from "bun:test";

import { LateRows } from "../../../src/db/postgres/live/late-rows.ts";
import type { Gap } from "../../../src/db/postgres/live/table-queries.ts";
import type { EventId } from "../../../src/events.ts";

/** A table that has some ids. */
function tableOf(...ids: readonly EventId[]) {
  return {
    rowsIn: (gaps: readonly Gap[]) =>
      Promise.resolve(ids.filter((id) => gaps.some(({ from, to }) => id >= from && id <= to))),
  };
}

test("a row in a gap is counted once, and the rest of the gap is still looked at", async () => {
  const late = new LateRows();
  late.noteRows(10n, [11n, 15n, 16n], 20n);
  expect(await late.look(tableOf(11n, 15n, 16n))).toEqual([]);
  expect(await late.look(tableOf(11n, 13n, 15n, 16n))).toEqual([13n]);
  expect(await late.look(tableOf(11n, 13n, 15n, 16n))).toEqual([]);
  expect(await late.look(tableOf(12n, 13n, 14n, 18n, 20n))).toEqual([12n, 14n, 18n, 20n]);
  expect([late.count, late.newestId, late.isNews]).toEqual([5, 20n, true]);
});

test("rows above an id that are delivered again are not late", async () => {
  const late = new LateRows();
  late.noteRows(0n, [2n, 4n, 6n], 6n);
  late.forgetAfter(2n);
  expect(await late.look(tableOf(3n, 5n))).toEqual([]);
  expect(await late.look(tableOf(1n))).toEqual([1n]);
});

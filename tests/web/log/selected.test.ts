import { expect, test } from "bun:test";

import { shownEvents } from "../../../src/web/log/entries.ts";
import { select } from "../../../src/web/log/selected.ts";
import { createState } from "../../../src/web/state.ts";

/** Seven rows, of which the middle ones are one fold. */
function createBoard() {
  const state = createState();
  state.reading.value = { ...state.reading.peek(), roles: { id: "id", type: "kind" } };
  state.newest.value = ["a", "x", "x", "x", "x", "x", "b"].map((kind, at) => ({
    id: BigInt(9 - at),
    json: { id: 9 - at, kind },
  }));
  return { log: state.log, shown: () => shownEvents(state.log.entries.peek()).map(({ id }) => Number(id)) };
}

test("a row that is folded away is shown when the reader is led to it", () => {
  const { log, shown } = createBoard();
  expect(shown()).toEqual([9, 8, 3]);
  select(log, { id: 6n, isSought: true });
  expect(log.selected.value).toEqual({ id: 6n, isSought: true });
  expect(shown()).toEqual([9, 8, 7, 6, 5, 4, 3]);
  // All rows of the fold are known, so that it stays open whichever of them are left, and one click closes it.
  expect(log.unfolded.value).toEqual(new Set([8n, 7n, 6n, 5n, 4n]));
});

test("a fold whose row is shown stays as it is", () => {
  const { log, shown } = createBoard();
  for (const id of [8n, 3n, 77n]) select(log, { id, isSought: false });
  expect(shown()).toEqual([9, 8, 3]);
  expect(log.selected.value).toEqual({ id: 77n, isSought: false });
});

import { afterEach, expect, test } from "bun:test";

import type { EventList } from "../../src/events.ts";
import { FIRST_READING } from "../../src/web/event/reading.ts";
import { followSearchedTime } from "../../src/web/searched-time.ts";
import { createState } from "../../src/web/state.ts";
import { until } from "../support/until.ts";

const iso = (id: bigint) => new Date(Date.parse("2026-03-01T00:00:00Z") + Number(id) * 60_000).toISOString();

let end: (() => void) | undefined;
afterEach(() => end?.());

/** A search in a log that has a row each minute, and answers when the test says so. */
function createSearch() {
  const state = createState();
  state.reading.value = { ...FIRST_READING, roles: { id: "id", time: "at" } };
  const waiting: (() => void)[] = [];
  end = followSearchedTime(state, async (query) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    const id = BigInt(query.match(/before=(\d+)/)?.[1] ?? "0") - 1n;
    const list: EventList = {
      items: [{ id: String(id), at: iso(id) }],
      count: 1,
      latestId: 9,
      log: "a",
      next: null,
      scannedTo: null,
    };
    return list;
  });
  return { state, waiting };
}

test("the time is that of the event that is named with it, however far the search is by then", async () => {
  const { state, waiting } = createSearch();
  state.search.value = { scannedTo: 900n, isRunning: true };
  state.search.value = { scannedTo: 500n, isRunning: true };
  await until(() => waiting.length === 1, "a look");
  waiting.shift()?.();
  await until(() => state.searchedTo.value !== undefined, "a time");
  expect(state.searchedTo.value).toEqual({ id: 900n, ms: Date.parse(iso(900n)) });
});

test("a search that was stopped while a time was looked up has the time of where it was stopped", async () => {
  const { state, waiting } = createSearch();
  state.search.value = { scannedTo: 900n, isRunning: true };
  await until(() => waiting.length === 1, "a look");
  state.search.value = { scannedTo: 400n, isRunning: false };
  waiting.shift()?.();
  await until(() => waiting.length === 1, "another look");
  waiting.shift()?.();
  await until(() => state.searchedTo.value?.id === 400n, "the time of the end");
  expect(state.searchedTo.value?.ms).toBe(Date.parse(iso(400n)));
});

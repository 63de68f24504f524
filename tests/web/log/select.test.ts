import { expect, test } from "bun:test";

import { FIRST_READING } from "../../../src/web/event/reading.ts";
import { findFailure, nextId } from "../../../src/web/log/select.ts";

const READING = { ...FIRST_READING, roles: { id: "id", type: "kind" } };
const event = (id: number, kind = "job_done") => ({ id: BigInt(id), json: { id, kind } });
const EVENTS = [event(9), event(8, "job_failed"), event(7), event(5), event(4, "crash"), event(3)];

test("the next row is the neighbour in sight, and the first one is where nothing is selected", () => {
  const ids = [9n, 7n, 5n];
  expect(nextId(ids, undefined, "older")).toBe(9n);
  expect(nextId(ids, 9n, "older")).toBe(7n);
  expect(nextId(ids, 7n, "newer")).toBe(9n);
  expect(nextId(ids, 9n, "newer")).toBeUndefined();
  expect(nextId(ids, 5n, "older")).toBeUndefined();
  // The row that was selected has gone: its neighbour by id is next.
  expect(nextId(ids, 8n, "older")).toBe(7n);
  expect(nextId(ids, 6n, "newer")).toBe(7n);
});

test("a failure is found by what its type says, in both directions", () => {
  expect(findFailure(EVENTS, READING, undefined, "older")).toBe(8n);
  expect(findFailure(EVENTS, READING, 8n, "older")).toBe(4n);
  expect(findFailure(EVENTS, READING, 4n, "older")).toBeUndefined();
  expect(findFailure(EVENTS, READING, 4n, "newer")).toBe(8n);
  expect(findFailure(EVENTS, READING, 8n, "newer")).toBeUndefined();
});

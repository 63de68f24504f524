import { expect, test } from "bun:test";

import type { Status } from "../../../src/events.ts";
import {
  FIRST_READING,
  instantOf,
  isSameReading,
  partsOf,
  type Reading,
  readingOf,
} from "../../../src/web/event/reading.ts";

const reading: Reading = {
  roles: { id: "id", time: "at", type: "kind", actor: "who" },
  why: { time: "its values are times" },
  timeForm: "epoch-s",
  timeZone: "Europe/Berlin",
  labels: { kind: { "0": "down" } },
};

test("says how the columns are read, as the status has it", () => {
  const status = {
    columns: { id: "id", time: "at" },
    roles: {
      time: { column: "at", form: "epoch-ms", why: "of its values" },
      id: { column: "id", why: "the key" },
    },
    timeZone: "Europe/Berlin",
    labels: { kind: { "0": "down" } },
  } satisfies Partial<Status>;
  expect(readingOf(status)).toEqual({
    roles: { id: "id", time: "at" },
    why: { time: "of its values", id: "the key" },
    timeForm: "epoch-ms",
    timeZone: "Europe/Berlin",
    labels: { kind: { "0": "down" } },
  });
  expect(readingOf({ ...status, timeZone: "Mars/Olympus" }).timeZone).toBe("UTC");
});

test.each<[string, Partial<Reading>]>([
  ["another role", { roles: { ...reading.roles, summary: "text" } }],
  ["another form", { timeForm: "epoch-ms" }],
  ["another zone", { timeZone: "UTC" }],
  ["another name", { labels: { kind: { "0": "gone" } } }],
])("%s makes another reading", (_name, change) => {
  expect(isSameReading(reading, structuredClone(reading))).toBe(true);
  expect(isSameReading(reading, { ...reading, ...change })).toBe(false);
});

test("reads a time in its column's form and zone, and in any other where that one does not fit", () => {
  const iso = (value: unknown, own = reading) => {
    const ms = instantOf(value, own);
    return ms === undefined ? undefined : new Date(ms).toISOString();
  };
  expect(iso(1772600767)).toBe("2026-03-04T05:06:07.000Z");
  expect(iso("2026-03-04 06:06:07")).toBe("2026-03-04T05:06:07.000Z");
  expect(iso("2026-03-04 06:06:07", { ...reading, timeForm: undefined })).toBe("2026-03-04T05:06:07.000Z");
  for (const value of ["yesterday", "", null, undefined, true, {}]) expect(iso(value)).toBeUndefined();
});

test("a part that no row fills takes no room", () => {
  const event = (json: Record<string, unknown>) => ({ id: 1n, json });
  expect(partsOf([event({ at: 1, kind: 0, who: "a" })], reading)).toBe("time type who");
  expect(partsOf([event({ at: null, kind: "", who: null }), event({ kind: "x" })], reading)).toBe("type");
  expect(partsOf([], reading)).toBe("");
  expect(partsOf([event({ at: 1 })], FIRST_READING)).toBe("");
});

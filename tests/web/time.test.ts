import { expect, test } from "bun:test";

import { createTimeFormat, parseInstant } from "../../src/web/time.ts";

const instant = "2026-03-04T05:06:07.089Z";
const unixMs = Date.parse(instant);

test.each([
  ["ISO 8601 in UTC", instant],
  ["ISO 8601 with an offset", "2026-03-04T07:06:07.089+02:00"],
  ["an offset without a colon", "2026-03-04T07:06:07.089+0200"],
  ["an offset of whole hours", "2026-03-04T07:06:07.089+02"],
  ["microseconds", "2026-03-04T05:06:07.089123Z"],
  ["a decimal comma", "2026-03-04T05:06:07,089Z"],
  ["SQLite's text, which is UTC", "2026-03-04 05:06:07.089"],
  ["ISO 8601 without a zone, which SQLite writes in UTC", "2026-03-04T05:06:07.089"],
  ["a space before the zone", "2026-03-04 05:06:07.089 +00:00"],
  ["Unix seconds with a fraction", unixMs / 1000],
  ["Unix milliseconds", unixMs],
  ["Unix microseconds", unixMs * 1000],
  ["Unix nanoseconds, a string in JSON", `${unixMs}000000`],
  ["Unix milliseconds as text", String(unixMs)],
])("reads %s", (_name, value) => {
  expect(parseInstant(value)?.toISOString()).toBe(instant);
});

test("reads whole Unix seconds, SQLite's text without a fraction, and a bare date", () => {
  expect(parseInstant(Math.trunc(unixMs / 1000))?.toISOString()).toBe("2026-03-04T05:06:07.000Z");
  expect(parseInstant("2026-03-04 05:06:07")?.toISOString()).toBe("2026-03-04T05:06:07.000Z");
  expect(parseInstant("2026-03-04 05:06")?.toISOString()).toBe("2026-03-04T05:06:00.000Z");
  expect(parseInstant("2026-03-04")?.toISOString()).toBe("2026-03-04T00:00:00.000Z");
});

test.each([["yesterday"], [""], [null], [undefined], [true], [7], ["42"], [NaN], ["2026-13-40"], [{}]])(
  "takes %p for no instant",
  (value) => {
    expect(parseInstant(value)).toBeUndefined();
  },
);

test("writes the local time of today with milliseconds, on 24 hours where the locale says so", () => {
  const at = new Date(2026, 2, 4, 15, 6, 7, 89);
  const now = new Date(2026, 2, 4, 23, 0, 0);
  expect(createTimeFormat("en-GB")(at, now)).toEqual({
    clock: "15:06:07.089",
    day: undefined,
    iso: at.toISOString(),
  });
  expect(createTimeFormat("en-US")(at, now).clock).toMatch(/^03:06:07\.089\sPM$/);
});

test("adds the day when it is not today, and the year when it is another one", () => {
  const format = createTimeFormat("en-GB");
  const now = new Date(2026, 2, 4, 0, 0, 1);
  expect(format(new Date(2026, 2, 3, 23, 59, 59), now).day).toBe("3 Mar");
  expect(format(new Date(2025, 2, 4, 0, 0, 1), now).day).toBe("4 Mar 2025");
});

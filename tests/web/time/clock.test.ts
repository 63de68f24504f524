import { expect, test } from "bun:test";

import { createClock, dayIn, timeTitle } from "../../../src/web/time/clock.ts";

const at = Date.parse("2026-03-04T05:06:07.089Z");

test("writes the time of a zone with milliseconds, on 24 hours where the locale says so", () => {
  const berlin = createClock("Europe/Berlin", "2026-03-04", "en-GB");
  expect(berlin.read(at)).toEqual({
    clock: "06:06:07.089",
    day: undefined,
    offset: undefined,
    iso: "2026-03-04T05:06:07.089Z",
  });
  expect(createClock("UTC", "2026-03-04", "en-GB").read(at).clock).toBe("05:06:07.089");
  expect(createClock("America/New_York", "2026-03-04", "en-US").read(at).clock).toMatch(
    /^12:06:07\.089\sAM$/,
  );
});

test("adds the day when it is not today in that zone, and the year when it is another one", () => {
  const today = dayIn("Asia/Tokyo", Date.parse("2026-03-04T15:30:00Z"));
  expect(today).toBe("2026-03-05");
  const tokyo = createClock("Asia/Tokyo", today, "en-GB");
  expect(tokyo.read(Date.parse("2026-03-04T15:00:00Z")).day).toBeUndefined();
  expect(tokyo.read(Date.parse("2026-03-04T14:59:59Z")).day).toBe("4 Mar");
  expect(tokyo.read(Date.parse("2025-12-31T14:00:00Z")).day).toBe("31 Dec 2025");
});

test("tells the two hours apart that have the same local time when the clocks are put back", () => {
  const berlin = createClock("Europe/Berlin", "2026-10-25", "en-GB");
  const read = (iso: string) => {
    const { clock, offset } = berlin.read(Date.parse(iso));
    return [clock, offset];
  };
  expect(read("2026-10-24T23:59:59Z")).toEqual(["01:59:59.000", undefined]);
  expect(read("2026-10-25T00:30:00Z")).toEqual(["02:30:00.000", "+02:00"]);
  expect(read("2026-10-25T01:30:00Z")).toEqual(["02:30:00.000", "+01:00"]);
  expect(read("2026-10-25T02:00:00Z")).toEqual(["03:00:00.000", undefined]);
  const lordHowe = createClock("Australia/Lord_Howe", "2026-04-05", "en-GB");
  expect(lordHowe.read(Date.parse("2026-04-04T15:15:00Z")).offset).toBe("+10:30");
  const newYork = createClock("America/New_York", "2026-11-01", "en-GB");
  expect(newYork.read(Date.parse("2026-11-01T05:30:00Z")).offset).toBe("-04:00");
});

test("the title has the instant and what is stored", () => {
  expect(timeTitle("2026-03-04T05:06:07.089Z", 1772600767)).toBe(
    "2026-03-04T05:06:07.089Z\nstored as 1772600767",
  );
});

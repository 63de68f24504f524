/** Every form of time that programs write, and what only looks like one. */
import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";

import { assert, constantFrom, integer, property } from "fast-check";

import type { TimeForm } from "../../src/column-roles.ts";
import { formsOf, readInstant } from "../../src/columns/instant.ts";
import { instantOf, isZone, offsetMs } from "../../src/columns/zone.ts";

const NOW = Date.UTC(2026, 10, 27);
const ISO = "2023-11-14T22:13:20.123Z";
const MS = Date.parse(ISO);

const iso = (value: unknown, form?: TimeForm, zone = "UTC"): string | undefined => {
  const ms = readInstant(value, form, zone);
  return ms === undefined ? undefined : new Date(ms).toISOString();
};

describe("text", () => {
  for (const text of [
    "2023-11-14T22:13:20.123Z",
    "2023-11-14 22:13:20.123",
    "2023-11-14T22:13:20.123456789123Z",
    "2023-11-14 22:13:20,123",
    "2023-11-14 22:13:20.123 UTC",
    "2023-11-14 22:13:20.123456 +0000 UTC",
    "2023-11-14 23:13:20.123456789 +0100 CET m=+0.015",
    "2023-11-14T23:13:20.123+01:00",
    "2023-11-14T23:13:20.123+01",
    "2023-11-14t22:13:20.123z",
    " 2023-11-14 22:13:20.123\n",
  ])
    test(JSON.stringify(text), () => expect(iso(text, "text")).toBe(ISO));

  test("in seconds, minutes and days", () => {
    expect(iso("2023-11-14 22:13:20", "text")).toBe("2023-11-14T22:13:20.000Z");
    expect(iso("2023-11-14 22:13", "text")).toBe("2023-11-14T22:13:00.000Z");
    expect(iso("2023-11-14", "text")).toBe("2023-11-14T00:00:00.000Z");
  });

  test("as SQLite's own functions write it", () => {
    using database = new Database(":memory:");
    const [row] = database
      .query<Record<string, string | number>, []>(
        "SELECT CURRENT_TIMESTAMP AS now, julianday('2023-11-14 22:13:20') AS julian, unixepoch('2023-11-14 22:13:20') AS unix",
      )
      .all();
    expect(Math.abs((readInstant(row?.["now"], "text", "UTC") ?? 0) - Date.now())).toBeLessThan(2000);
    expect(iso(row?.["julian"], "julian")).toBe("2023-11-14T22:13:20.000Z");
    expect(iso(row?.["unix"], "epoch-s")).toBe("2023-11-14T22:13:20.000Z");
  });

  for (const text of [
    "2023-02-31",
    "2023-11-14 25:00",
    "2023-11-14 22:61",
    "today",
    "",
    "2023",
    "v2023-11-14",
  ])
    test(`${JSON.stringify(text)} is none`, () => expect(iso(text, "text")).toBeUndefined());
});

describe("counts", () => {
  const APPLE = Date.UTC(2001, 0, 1);
  const WINDOWS = -Date.UTC(1601, 0, 1);
  const forms: readonly (readonly [TimeForm, unknown])[] = [
    ["epoch-s", MS / 1000],
    ["epoch-ms", MS],
    ["epoch-us", MS * 1000],
    ["epoch-ns", BigInt(MS) * 1_000_000n + 999_999n],
    ["webkit-us", String((BigInt(MS) + BigInt(WINDOWS)) * 1000n)],
    ["filetime", (BigInt(MS) + BigInt(WINDOWS)) * 10_000n],
    ["mac-s", (MS - APPLE) / 1000],
    ["mac-ns", BigInt(MS - APPLE) * 1_000_000n],
    ["dotnet", (BigInt(MS) + 62_135_596_800_000n) * 10_000n],
    ["julian", MS / 86_400_000 + 2_440_587.5],
  ];
  for (const [form, value] of forms) {
    test(`${form}: as it is, as JSON, as text`, () => {
      const values = typeof value === "bigint" ? [value, String(value)] : [value, String(value)];
      for (const each of values)
        expect(Math.abs((readInstant(each, form, "UTC") ?? 0) - MS)).toBeLessThanOrEqual(1);
    });
    test(`${form} is found without being named`, () => {
      expect(formsOf(value, "UTC", NOW).map((found) => found.form)).toContain(form);
    });
  }

  test("digits", () => {
    expect(iso("20231114221320", "compact")).toBe("2023-11-14T22:13:20.000Z");
    expect(iso(20231114221320, "compact")).toBe("2023-11-14T22:13:20.000Z");
    expect(iso("20231114T221320Z", "compact", "Europe/Berlin")).toBe("2023-11-14T22:13:20.000Z");
    expect(iso("20231114", "compact")).toBe("2023-11-14T00:00:00.000Z");
    expect(iso("20231314221320", "compact")).toBeUndefined();
  });

  test("that are no times are left alone", () => {
    for (const value of [0, 1, 42, -5, 65_536, 1_000_000, "12", true, null, undefined, {}, Infinity, "1e9"])
      expect(readInstant(value, undefined, "UTC")).toBeUndefined();
  });

  test("keep their milliseconds, whatever their unit", () => {
    const instants = integer({ min: Date.UTC(2005, 0, 1), max: NOW });
    assert(
      property(instants, (ms) => {
        expect(readInstant(ms, "epoch-ms", "UTC")).toBe(ms);
        expect(readInstant(BigInt(ms) * 1000n + 999n, "epoch-us", "UTC")).toBe(ms);
        expect(readInstant(BigInt(ms) * 1_000_000n, "epoch-ns", "UTC")).toBe(ms);
        expect(readInstant(ms / 1000, "epoch-s", "UTC")).toBe(ms);
        expect(readInstant(new Date(ms).toISOString(), "text", "UTC")).toBe(ms);
      }),
    );
  });
});

describe("zones", () => {
  test("say what a time without one means", () => {
    expect(iso("2025-06-03 14:55:42", "text", "Europe/Berlin")).toBe("2025-06-03T12:55:42.000Z");
    expect(iso("2025-01-03 14:55:42", "text", "Europe/Berlin")).toBe("2025-01-03T13:55:42.000Z");
    expect(iso("2025-06-03 14:55:42Z", "text", "Europe/Berlin")).toBe("2025-06-03T14:55:42.000Z");
  });

  test("a time that occurs twice is the earlier one, and one that was skipped goes on", () => {
    expect(iso("2025-10-26 02:30:00", "text", "Europe/Berlin")).toBe("2025-10-26T00:30:00.000Z");
    expect(iso("2025-03-30 02:30:00", "text", "Europe/Berlin")).toBe("2025-03-30T01:30:00.000Z");
    expect(iso("2025-11-02 01:30:00", "text", "America/New_York")).toBe("2025-11-02T05:30:00.000Z");
  });

  test("agree with Intl, back and forth", () => {
    const zones = constantFrom("Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "UTC");
    assert(
      property(zones, integer({ min: Date.UTC(2005, 0, 1), max: NOW }), (zone, ms) => {
        const wall = ms + offsetMs(ms, zone);
        const back = instantOf(wall, zone);
        // Of a local time that occurs twice, the earlier instant.
        expect(back + offsetMs(back, zone)).toBe(wall);
        expect(back).toBeLessThanOrEqual(ms);
      }),
    );
  });

  test("exist, or not", () => expect([isZone("Europe/Berlin"), isZone("Mars/Base")]).toEqual([true, false]));
});

import { describe, expect, test } from "bun:test";

import { unlikeness } from "../../src/columns/similar-names.ts";

/** The names, the most alike first; those that are not alike are left out. */
function alike(wanted: string, names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, rank: unlikeness(wanted, name) }))
    .filter(({ rank }) => rank < Infinity)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ name }) => name);
}

describe("names that are like another", () => {
  test("come in this order: but for case, plural and underscores; prefix; part; a slip of the finger", () => {
    const names = ["accounts", "evnets", "audit_events", "event_log", "EVENT", "jobs"];
    expect(alike("events", names)).toEqual(["EVENT", "event_log", "audit_events", "evnets"]);
  });

  test.each([
    ["user", "users"],
    ["entries", "entry"],
    ["audit_log", "AuditLogs"],
    ["boxes", "box"],
    ["job-runs", "job_run"],
  ])("%s and %s are one name", (wanted, name) => {
    expect(unlikeness(wanted, name)).toBe(unlikeness(name, wanted));
    expect(unlikeness(wanted, name)).toBe(0);
  });

  test.each([
    ["events", "evnets"],
    ["events", "evens"],
    ["messages", "mesages"],
    ["logs", "lgos"],
  ])("%s and %s differ by a slip", (wanted, name) => {
    expect(unlikeness(wanted, name)).toBeLessThan(Infinity);
  });

  test.each([
    ["events", "t"],
    ["events", "accounts"],
    ["", "events"],
    ["__", "events"],
  ])("%j and %j have nothing in common", (wanted, name) => {
    expect(unlikeness(wanted, name)).toBe(Infinity);
    expect(unlikeness(name, wanted)).toBe(Infinity);
  });

  test("a name of any length is compared at once", () => {
    expect(unlikeness("e".repeat(100_000), "x".repeat(100_001))).toBe(Infinity);
  });
});

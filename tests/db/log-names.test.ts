import { describe, expect, test } from "bun:test";

import { LogNames } from "../../src/db/log-names.ts";

describe("the names of a log", () => {
  test("a cursor with the current name holds as it is", () => {
    const names = new LogNames("a");
    expect(names.current).toBe("a");
    expect(names.resumePoint({ log: "a", id: 7n })).toBe(7n);
    expect(names.resumePoint({ log: "b", id: 7n })).toBeUndefined();
  });

  test("a cursor with an earlier name holds up to the last row that is the same since", () => {
    const names = new LogNames("a");
    names.replaceAfter(50n, "a");
    const second = names.current;
    names.replaceAfter(30n, "a");
    names.replaceAfter(40n, "a");
    expect(new Set(["a", second, names.current]).size).toBe(3);
    expect(names.resumePoint({ log: "a", id: 60n })).toBe(30n);
    expect(names.resumePoint({ log: second, id: 60n })).toBe(30n);
    expect(names.resumePoint({ log: second, id: 20n })).toBe(20n);
    expect(names.resumePoint({ log: names.current, id: 60n })).toBe(60n);
  });

  test("another base is the name itself, so that it is the same after a restart", () => {
    const names = new LogNames("a");
    names.replaceAfter(50n, "b");
    expect(names.current).toBe("b");
  });

  test("no cursor holds where all rows were replaced", () => {
    const names = new LogNames("a");
    names.replaceAfter(50n, "a");
    const second = names.current;
    names.replaceAll("b");
    expect(names.resumePoint({ log: "a", id: 1n })).toBeUndefined();
    expect(names.resumePoint({ log: second, id: 1n })).toBeUndefined();
  });

  test("only so many are remembered, the latest ones", () => {
    const names = new LogNames("a");
    for (let time = 0; time < 1001; time++) names.replaceAfter(10n, "a");
    expect(names.resumePoint({ log: "a", id: 5n })).toBeUndefined();
    const latest = names.current;
    names.replaceAfter(10n, "a");
    expect(names.resumePoint({ log: latest, id: 50n })).toBe(10n);
  });
});

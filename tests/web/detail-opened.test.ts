import { describe, expect, test } from "bun:test";

import { CLOSED, isLoading, type Opened, openedId, step } from "../../src/web/detail/opened.ts";

const listed = { id: 5n, json: { id: 5, note: "a" } };
const cut = { id: 5n, json: { id: 5, note: null, $truncated: ["note"], $names: { id: "five" } } };
const whole = { id: 5, note: "long" };

const failed = { name: "failed", id: 5n, why: "No.", advice: "Try." } as const;
const loading: Opened = { name: "loading", id: 5n };

describe("the event that is open", () => {
  test("is there at once where the list has it whole", () => {
    const opened = step(CLOSED, { name: "open", id: 5n, listed });
    expect(opened).toEqual({ name: "open", event: listed, rest: "whole" });
    expect(isLoading(opened)).toBe(false);
    expect(openedId(opened)).toBe(5n);
    expect(step(opened, { name: "close" })).toBe(CLOSED);
  });

  test("is loaded where the list does not have it", () => {
    const opened = step(CLOSED, { name: "open", id: 5n, listed: undefined });
    expect(opened).toEqual(loading);
    expect(isLoading(opened)).toBe(true);
    expect(step(opened, { name: "loaded", id: 5n, json: whole })).toEqual({
      name: "open",
      event: { id: 5n, json: whole },
      rest: "whole",
    });
    expect(step(opened, failed)).toEqual(failed);
  });

  test("is shown as far as it is there while the rest is loaded", () => {
    const opened = step(CLOSED, { name: "open", id: 5n, listed: cut });
    expect(opened).toEqual({ name: "open", event: cut, rest: "loading" });
    expect(step(opened, failed)).toEqual({ name: "open", event: cut, rest: { why: "No. Try." } });
    expect(step(opened, { name: "loaded", id: 5n, json: whole })).toEqual({
      name: "open",
      event: { id: 5n, json: { ...whole, $names: { id: "five" } } },
      rest: "whole",
    });
  });

  test.each<[string, Opened]>([
    ["closed", CLOSED],
    ["of another event", { name: "loading", id: 6n }],
    ["there already", { name: "open", event: listed, rest: "whole" }],
    ["failed", failed],
  ])("an answer that comes too late changes nothing: %s", (_name, opened) => {
    expect(step(opened, { name: "loaded", id: 5n, json: whole })).toBe(opened);
    expect(step(opened, failed)).toBe(opened);
  });
});

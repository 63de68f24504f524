import { expect, test } from "bun:test";

import { FIRST_READING } from "../../../src/web/event/reading.ts";
import { entriesOf, shownEvents, shownFor } from "../../../src/web/log/entries.ts";

const READING = { ...FIRST_READING, roles: { id: "id", type: "kind", actor: "who", summary: "what" } };
const event = (id: number, what: string, kind = "poll", who = "cron") => ({
  id: BigInt(id),
  json: { id, kind, who, what, attempt: id },
});
const NOTHING = new Set<bigint>();
const options = { reading: READING, folds: true, unfolded: NOTHING, lookedAt: undefined };

/** As in `9×3 6`, with what is folded away in brackets, and `|` for the divider. */
function line(entries: ReturnType<typeof entriesOf>): string {
  return entries
    .map((entry) => {
      if (entry.kind === "divider") return "|";
      const count = entry.repeats > 1 ? `×${entry.repeats}` : "";
      return entry.isFolded ? `(${entry.event.id})` : `${entry.event.id}${count}`;
    })
    .join(" ");
}

test("the same type, actor and summary in a row are one line with a count", () => {
  const events = [event(9, "a"), event(8, "a"), event(7, "a"), event(6, "b"), event(5, "a")];
  expect(line(entriesOf(events, options))).toBe("9×3 (8) (7) 6 5");
});

test("two of them are no fold, which would save no room", () => {
  expect(line(entriesOf([event(9, "a"), event(8, "a"), event(7, "b")], options))).toBe("9 8 7");
});

test("another type or another actor is no repeat", () => {
  const events = [event(9, "a"), event(8, "a", "other"), event(7, "a", "other", "somebody")];
  expect(line(entriesOf(events, options))).toBe("9 8 7");
});

test("a fold that was opened shows all of its rows, also when it has grown since", () => {
  const events = [event(9, "a"), event(8, "a"), event(7, "a"), event(6, "b"), event(5, "b"), event(4, "b")];
  expect(line(entriesOf(events, { ...options, unfolded: new Set([7n]) }))).toBe("9×3 8 7 6×3 (5) (4)");
});

test("nothing is folded where the reader has switched it off", () => {
  const events = [event(9, "a"), event(8, "a"), event(7, "a")];
  expect(line(entriesOf(events, { ...options, folds: false }))).toBe("9 8 7");
});

test("rows without a type, an actor and a summary say too little to be the same", () => {
  const events = [event(9, "", "", ""), event(8, "", "", ""), event(7, "", "", "")];
  expect(line(entriesOf(events, options))).toBe("9 8 7");
});

test("a divider stands between what is new and what the reader has seen, and no fold goes over it", () => {
  const events = [9, 8, 7, 6, 5, 4].map((id) => event(id, "a"));
  expect(line(entriesOf(events, { ...options, lookedAt: 6n }))).toBe("9×3 (8) (7) | 6×3 (5) (4)");
  expect(line(entriesOf(events, { ...options, lookedAt: 9n }))).toBe("9×6 (8) (7) (6) (5) (4)");
  expect(line(entriesOf(events, { ...options, lookedAt: 3n }))).toBe("9×6 (8) (7) (6) (5) (4)");
});

test("for an event that is folded away its fold is shown, and none for one that is not in the list", () => {
  const events = [event(9, "b"), event(8, "a"), event(7, "a"), event(6, "a"), event(5, "b")];
  const entries = entriesOf(events, { ...options, lookedAt: 8n });
  expect(line(entries)).toBe("9 | 8×3 (7) (6) 5");
  expect([9n, 8n, 7n, 6n, 5n, 4n].map((id) => shownFor(entries, id))).toEqual([
    9n,
    8n,
    8n,
    8n,
    5n,
    undefined,
  ]);
  expect(shownEvents(entries).map(({ id }) => id)).toEqual([9n, 8n, 5n]);
});

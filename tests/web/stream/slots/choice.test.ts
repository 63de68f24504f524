import { describe, expect, test } from "bun:test";

import { array, assert, constantFrom, property, record } from "fast-check";

import { choose, type Demand, LockNames, MAX_STREAMS } from "../../../../src/web/stream/slots/choice.ts";

const demand = (streaming: string, lookedAt: string): Demand => ({
  streaming: new Set(streaming),
  lookedAt: new Set(lookedAt),
});

describe("a question", () => {
  test.each([
    ["that is looked at takes what is free", "ab", "abc", { kind: "take" }],
    ["that nobody looks at takes what is free, too", "ab", "a", { kind: "take" }],
    ["that nobody looks at leaves what is free to others that are looked at", "ab", "abd", { kind: "wait" }],
    ["takes what it has", "abc", "ab", { kind: "take" }],
    ["that is looked at takes the stream of one that is not", "xyz", "xzc", { kind: "evict", question: "y" }],
    ["that is looked at waits where all are", "xyz", "xyzc", { kind: "wait" }],
    ["that nobody looks at waits", "xyz", "", { kind: "wait" }],
    ["waits beside more than there should be", "vxyz", "vxyz", { kind: "wait" }],
  ] as const)("%s", (_name, streaming, lookedAt, expected) => {
    expect(choose("c", demand(streaming, lookedAt))).toEqual(expected);
  });
});

test("the locks of one server say what its tabs want, whatever the questions are", () => {
  const [names, others] = [new LockNames("/api/events/stream"), new LockNames("/other/api/events/stream")];
  const exclusive = [
    names.stream(""),
    names.stream("type:failed x"),
    names.deciding,
    others.stream("elsewhere"),
    "tailboard 2 /api/events/stream",
  ];
  const shared = [
    names.look(""),
    names.look(""),
    names.look("stream 1"),
    // Of a tab that waits for the end of that stream, and has just heard of it.
    names.stream("ended"),
  ];
  const held: LockInfo[] = [
    ...exclusive.map((name) => ({ name, mode: "exclusive" as const, clientId: "1" })),
    ...shared.map((name) => ({ name, mode: "shared" as const, clientId: "2" })),
  ];
  expect(names.read(held)).toEqual({
    streaming: new Set(["", "type:failed x"]),
    lookedAt: new Set(["", "stream 1"]),
  });
});

/** What happens to a question: a tab with it is opened or looked at, is hidden, or is closed. */
const happenings = array(
  record({
    question: constantFrom("a", "b", "c", "d", "e", "f"),
    event: constantFrom("look", "hide", "close"),
  }),
  { maxLength: 40 },
);

test("whatever the reader does, the streams come to rest where they are looked at", () => {
  assert(
    property(happenings, (happened) => {
      const open = new Set<string>();
      const [streaming, lookedAt] = [new Set<string>(), new Set<string>()];
      for (const { question, event } of happened) {
        if (event === "look") lookedAt.add(question);
        else lookedAt.delete(question);
        if (event === "close") open.delete(question);
        else open.add(question);
        if (event === "close") streaming.delete(question);
        settle(open, { streaming, lookedAt });

        expect(streaming.size).toBe(Math.min(open.size, MAX_STREAMS));
        const seen = [...streaming].filter((each) => lookedAt.has(each)).length;
        expect(seen).toBe(Math.min(lookedAt.size, MAX_STREAMS));
      }
    }),
  );
});

/** Every question that waits decides, one after the other, until none of them changes anything. */
function settle(
  open: ReadonlySet<string>,
  now: { readonly streaming: Set<string>; readonly lookedAt: Set<string> },
): void {
  for (let round = 0; round < 10; round++) {
    let isSettled = true;
    for (const question of open) {
      if (now.streaming.has(question)) continue;
      const choice = choose(question, now);
      if (choice.kind === "wait") continue;
      if (choice.kind === "evict") now.streaming.delete(choice.question);
      now.streaming.add(question);
      isSettled = false;
    }
    if (isSettled) return;
  }
  throw new Error("the streams never come to rest");
}

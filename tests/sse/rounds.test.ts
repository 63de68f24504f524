import { expect, spyOn, test } from "bun:test";

import { Rounds } from "../../src/sse/rounds.ts";
import { until } from "../support/until.ts";

/** Rounds of three streams, each of which takes 2 ms. */
function begin({ hasQuestion, events }: { hasQuestion: boolean; events: number }) {
  let nowMs = 0;
  const sent = { events: 0, bytes: 0, heldBytes: 0 };
  const served: string[] = [];
  const deliveries: number[] = [];
  const streams = new Set(["a", "b", "c"].map((name) => ({ name, hasQuestion })));
  const rounds = new Rounds<{ name: string; hasQuestion: boolean }>(streams, sent, {
    serve: ({ name }) => {
      nowMs += 2;
      sent.events += events;
      served.push(name);
    },
    onDelivery: (delayMs) => deliveries.push(delayMs),
  });
  const clock = spyOn(performance, "now").mockImplementation(() => nowMs);
  rounds.onChange();
  const inFirstTurn = [...served];
  return { inFirstTurn, served, deliveries, [Symbol.dispose]: () => clock.mockRestore() };
}

test("streams without questions are served in one turn, and their rows are a delivery", () => {
  using round = begin({ hasQuestion: false, events: 1 });
  expect(round.inFirstTurn).toEqual(["a", "b", "c"]);
  expect(round.deliveries).toEqual([6]);
});

test("a round without rows is no delivery", () => {
  using round = begin({ hasQuestion: false, events: 0 });
  expect(round.inFirstTurn).toEqual(["a", "b", "c"]);
  expect(round.deliveries).toEqual([]);
});

test("questions that take long end the turn early", async () => {
  using round = begin({ hasQuestion: true, events: 1 });
  expect(round.inFirstTurn).toEqual(["a", "b"]);
  await until(() => round.served.length === 3, "the third");
});

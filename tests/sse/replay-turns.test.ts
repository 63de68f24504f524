import { expect, test } from "bun:test";

import { ReplayTurns } from "../../src/sse/replay-turns.ts";
import { until } from "../support/until.ts";

test("everybody who waits for the turn of a replay is told, however often it was added", async () => {
  const told: string[] = [];
  const turns = new ReplayTurns<string>({ serve: (replay) => told.push(replay), mustWait: () => false });
  turns.add("replay", () => told.push("first"));
  turns.add("replay");
  turns.add("replay", () => told.push("third"));
  await until(() => told.length >= 3, "all to be told");
  expect(told).toEqual(["replay", "first", "third"]);
});

import { expect, test } from "bun:test";

import { LookTurns } from "../../../src/db/postgres/live/look-turns.ts";
import { until } from "../../support/until.ts";

/** Looks that end when the test says so. */
class HeldLooks {
  /** What began, in order. */
  readonly begun: ("look" | "ends")[] = [];
  readonly turns = new LookTurns({ look: () => this.#begin("look"), lookForEnds: () => this.#begin("ends") });
  #end: (() => void) | undefined;

  #begin(kind: "look" | "ends"): Promise<void> {
    this.begun.push(kind);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#end = resolve;
    return promise;
  }

  /** Ends what is under way, and lets what comes after it begin. */
  async end(): Promise<void> {
    this.#end?.();
    await new Promise(setImmediate);
  }
}

test("what is asked for while a look is under way comes after it, once", async () => {
  const looks = new HeldLooks();
  for (let asked = 0; asked < 3; asked++) looks.turns.look();
  expect(looks.begun).toEqual(["look"]);
  await looks.end();
  expect(looks.begun).toEqual(["look", "look"]);
  await looks.end();
  expect(looks.begun).toEqual(["look", "look"]);
  looks.turns.look();
  expect(looks.begun).toEqual(["look", "look", "look"]);
});

test("the ends of transactions have their turn while looks are asked for without a pause", async () => {
  const looks = new HeldLooks();
  looks.turns.look();
  looks.turns.look();
  looks.turns.lookForEnds();
  for (let turn = 0; turn < 3; turn++) await looks.end();
  expect(looks.begun).toEqual(["look", "ends", "look"]);
});

test("who waits for the next look waits for one that begins afterwards", async () => {
  const looks = new HeldLooks();
  looks.turns.look();
  let isOver = false;
  const waited = looks.turns.nextLook().then(() => (isOver = true));
  looks.turns.look();
  await looks.end();
  expect(isOver).toBe(false);
  await looks.end();
  await waited;
  expect(looks.begun).toEqual(["look", "look"]);
});

test("who waits is let go where a look takes long", async () => {
  const looks = new HeldLooks();
  let isOver = false;
  void looks.turns.nextLook().then(() => (isOver = true));
  looks.turns.look();
  await until(() => isOver, "the end of the wait");
  expect(looks.begun).toEqual(["look"]);
});

test("nothing comes after the end", async () => {
  const looks = new HeldLooks();
  looks.turns.look();
  looks.turns.look();
  looks.turns[Symbol.dispose]();
  await looks.end();
  looks.turns.lookForEnds();
  expect(looks.begun).toEqual(["look"]);
});

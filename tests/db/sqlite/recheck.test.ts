import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";

import { Recheck } from "../../../src/db/sqlite/recheck.ts";

/** A table whose looks are noted with their time, in milliseconds after the notification. */
class Looks {
  readonly at: number[] = [];
  foundAt: number[] = [];
  isWal = true;
  closedUntilMs = 0;
  readonly waiting: (() => void)[] = [];
  nowMs = 0;
  readonly recheck = new Recheck({
    look: () => {
      this.at.push(this.nowMs);
      return this.foundAt.includes(this.nowMs);
    },
    isWal: () => this.isWal,
    whenReadable: (look) => {
      if (this.nowMs >= this.closedUntilMs) look();
      else this.waiting.push(look);
    },
  });

  pass(ms: number): void {
    for (let step = 0; step < ms; step++) {
      this.nowMs++;
      if (this.nowMs >= this.closedUntilMs) for (const look of this.waiting.splice(0)) look();
      jest.advanceTimersByTime(1);
    }
  }
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe("after a notification in WAL mode", () => {
  test("it looks at once, and again in growing pauses for two seconds", () => {
    const looks = new Looks();
    looks.recheck.start();
    looks.pass(5000);
    expect(looks.at.slice(0, 9)).toEqual([0, 1, 2, 4, 6, 10, 15, 20, 30]);
    expect(looks.at.at(-1)).toBeGreaterThan(1900);
    expect(looks.at.at(-1)).toBeLessThan(2500);
    expect(looks.recheck.isRunning).toBe(false);
  });

  test("once it found rows it looks less often: only a notification that fell together with another is left to make up for", () => {
    const looks = new Looks();
    looks.foundAt = [2];
    looks.recheck.start();
    looks.pass(50);
    expect(looks.at).toEqual([0, 1, 2, 12, 22, 42]);
    looks.recheck.start();
    looks.pass(3);
    expect(looks.at.slice(-3)).toEqual([50, 51, 52]);
  });
});

describe("after a notification in a rollback mode", () => {
  test("it waits until the database may be read, looks, and stops when it found rows", () => {
    const looks = new Looks();
    looks.isWal = false;
    looks.closedUntilMs = 7;
    looks.foundAt = [8];
    looks.recheck.start();
    looks.pass(100);
    expect(looks.at).toEqual([7, 8]);
    expect(looks.recheck.isRunning).toBe(false);
  });

  test("notifications that come faster than the first pause do not put the look off", () => {
    const looks = new Looks();
    looks.isWal = false;
    for (let count = 0; count < 10; count++) {
      looks.recheck.start();
      jest.advanceTimersByTime(0.6);
    }
    expect(looks.at.length).toBeGreaterThan(2);
  });
});

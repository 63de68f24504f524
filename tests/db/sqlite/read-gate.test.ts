import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";

import { GATE_DEADLINE_MS, ReadGate, type ReadKind } from "../../../src/db/sqlite/read-gate.ts";

/** A gate in a time of its own, in milliseconds. */
class Gated implements Disposable {
  nowMs = 0;
  isWal = false;
  /** Whether a transaction is under way at a time. */
  isHotAt: (ms: number) => boolean = () => false;
  readonly gate = new ReadGate(
    { isWal: () => this.isWal, hasHotJournal: () => this.isHotAt(this.nowMs) },
    () => this.nowMs,
  );

  pass(ms: number): void {
    for (let step = 0; step < ms; step++) {
      this.nowMs++;
      jest.advanceTimersByTime(1);
    }
  }

  /** When a read that is wanted now is run; undefined where it is not within two seconds. */
  waitFor(kind: ReadKind): number | undefined {
    const since = this.nowMs;
    let ranAt: number | undefined;
    this.gate.whenOpen(kind, () => (ranAt = this.nowMs));
    while (ranAt === undefined && this.nowMs < since + 2000) this.pass(1);
    return ranAt === undefined ? undefined : ranAt - since;
  }

  [Symbol.dispose](): void {
    this.gate[Symbol.dispose]();
  }
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe("the gate", () => {
  test("is open at once where nobody writes, and always in WAL mode", () => {
    using gated = new Gated();
    expect(gated.waitFor("live")).toBe(0);
    gated.isHotAt = () => true;
    gated.isWal = true;
    expect(gated.waitFor("backlog")).toBe(0);
  });

  test("opens when the transaction that is under way has ended", () => {
    using gated = new Gated();
    gated.isHotAt = (ms) => ms < 7;
    expect(gated.waitFor("live")).toBe(7);
  });

  test("opens after its deadline, however long the transaction lasts", () => {
    using gated = new Gated();
    gated.isHotAt = () => true;
    expect(gated.waitFor("live")).toBe(GATE_DEADLINE_MS);
    // What was waited for is read without another wait.
    expect(gated.gate.admits("backlog")).toBe(true);
  });

  test("gives a reader a third of the time beside a writer that never pauses", () => {
    using gated = new Gated();
    // A moment between two transactions is met by chance: one look in twenty finds it.
    gated.isHotAt = (ms) => ms % 20 !== 0;
    let openMs = 0;
    for (let ms = 0; ms < 3000; ms++) {
      if (gated.gate.admits("backlog")) openMs++;
      else gated.gate.wait("backlog", () => {});
      gated.pass(1);
    }
    expect(openMs).toBeGreaterThan(800);
    expect(openMs).toBeLessThan(1500);
  });

  test("stays closed during the transactions of a writer that leaves time in between", () => {
    using gated = new Gated();
    gated.isHotAt = (ms) => ms % 15 < 5;
    let openInTransaction = 0;
    for (let ms = 0; ms < 3000; ms++) {
      if (gated.gate.admits("live")) openInTransaction += gated.isHotAt(gated.nowMs) ? 1 : 0;
      else gated.gate.wait("live", () => {});
      gated.pass(1);
    }
    expect(openInTransaction).toBe(0);
  });

  test("keeps a backlog, and nobody else, waiting for a commit that is due", () => {
    using gated = new Gated();
    for (const _ of [1, 2, 3]) {
      gated.pass(20);
      gated.gate.noteCommit();
    }
    gated.pass(12);
    expect(gated.gate.isCommitDue).toBe(true);
    expect(gated.gate.admits("live")).toBe(true);
    expect(gated.gate.admits("backlog")).toBe(false);
    // Four pauses without a commit: the writer has stopped.
    expect(gated.waitFor("backlog")).toBe(80 - 12);
  });

  test("does not wait longer than the deadline for a commit that is due", () => {
    using gated = new Gated();
    for (const _ of [1, 2, 3]) {
      gated.pass(1000);
      gated.gate.noteCommit();
    }
    gated.pass(600);
    expect(gated.waitFor("backlog")).toBe(GATE_DEADLINE_MS);
    gated.pass(5);
    expect(gated.gate.admits("backlog")).toBe(false);
  });

  test("after a refusal waits in growing pauses, in WAL mode too, and begins anew after a read", () => {
    using gated = new Gated();
    gated.isWal = true;
    const pauses = Array.from({ length: 5 }, () => {
      gated.gate.noteLocked();
      return gated.waitFor("live");
    });
    expect(pauses).toEqual([1, 2, 4, 4, 4]);
    gated.gate.noteRead();
    gated.gate.noteLocked();
    expect(gated.waitFor("live")).toBe(1);
  });

  test("runs the same function once, for all who wait, and asks nothing while nobody waits", () => {
    using gated = new Gated();
    let asked = 0;
    gated.isHotAt = (ms) => {
      asked++;
      return ms < 3;
    };
    let ran = 0;
    const read = () => void ran++;
    for (const _ of [1, 2, 3]) gated.gate.wait("live", read);
    gated.pass(10);
    expect(ran).toBe(1);
    const before = asked;
    gated.pass(100);
    expect(asked).toBe(before);
  });
});

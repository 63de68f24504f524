import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { Watermark } from "../../../src/db/postgres/live/watermark.ts";
import type { EventId } from "../../../src/events.ts";

/** A table with a sequence, as PostgreSQL keeps them: ids when rows are inserted, rows when transactions commit. */
class SimulatedTable {
  readonly committed = new Set<EventId>();
  readonly open = new Map<string, { ids: EventId[]; holds: boolean; savepoint: number | undefined }>();
  #sequence = 0n;
  #started = 0;

  /** Whatever became of it. */
  get drawnId(): EventId {
    return this.#sequence;
  }

  begin(): void {
    this.#started += 1;
    this.open.set(`3/${this.#started}`, { ids: [], holds: false, savepoint: undefined });
  }

  /** First the lock, then the id; the row comes with the commit. */
  lock(at: number): void {
    const transaction = this.#at(at);
    if (transaction !== undefined) transaction.holds = true;
  }

  insert(at: number): void {
    this.lock(at);
    this.#sequence += 1n;
    this.#at(at)?.ids.push(this.#sequence);
  }

  savepoint(at: number): void {
    const transaction = this.#at(at);
    if (transaction?.holds === false) transaction.savepoint = transaction.ids.length;
  }

  /** Gives the lock back that was taken after the savepoint. */
  rollbackTo(at: number): void {
    const transaction = this.#at(at);
    if (transaction?.savepoint === undefined) return;
    transaction.ids.length = transaction.savepoint;
    transaction.holds = false;
  }

  end(at: number, isCommitted: boolean): void {
    const [name, transaction] = [...this.open][at % Math.max(1, this.open.size)] ?? [];
    if (name === undefined || transaction === undefined) return;
    if (isCommitted) for (const id of transaction.ids) this.committed.add(id);
    this.open.delete(name);
  }

  /** A restart rolls back what is open, but for prepared transactions, which get another name. */
  restart(prepared: number): void {
    const kept = [...this.open.values()].filter((transaction, at) => at < prepared && transaction.holds);
    this.open.clear();
    for (const transaction of kept) {
      this.#started += 1;
      this.open.set(`-1/${this.#started}`, transaction);
    }
  }

  holders(): string[] {
    return [...this.open].filter(([, { holds }]) => holds).map(([name]) => name);
  }

  idsAfter(id: EventId): EventId[] {
    return [...this.committed].filter((each) => each > id).toSorted((a, b) => (a < b ? -1 : 1));
  }

  #at(at: number) {
    return [...this.open.values()][at % Math.max(1, this.open.size)];
  }
}

/** A reader by the rule: what was below the watermark when it moved was delivered. */
class SimulatedReader {
  readonly delivered: EventId[] = [];
  readonly watermark = new Watermark(0n);
  readonly #seesDrawn: boolean;

  /** @param seesDrawn whether it may see how far the sequence came */
  constructor(seesDrawn: boolean) {
    this.#seesDrawn = seesDrawn;
  }

  noteHolders(table: SimulatedTable): void {
    if (this.watermark.state === "marked") this.watermark.noteHolders(table.holders());
  }

  noteRows(table: SimulatedTable, limit: number): void {
    const before = this.delivered.at(-1) ?? 0n;
    const ids = table.idsAfter(this.watermark.id);
    this.watermark.noteRows(ids.slice(0, limit), ids.slice(0, limit).at(-1));
    const isMarked = this.watermark.state === "marked";
    if (this.#seesDrawn && isMarked && ids.length > 0) this.watermark.noteRows([], table.drawnId);
    this.delivered.push(...table.idsAfter(before).filter((id) => id <= this.watermark.id));
  }
}

const place = fc.nat({ max: 7 });
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant("begin" as const) }),
    fc.record({ do: fc.constantFrom("lock", "insert", "insert", "savepoint", "rollbackTo"), at: place }),
    fc.record({ do: fc.constantFrom("commit", "commit", "rollback"), at: place }),
    fc.record({ do: fc.constant("restart" as const), at: fc.nat({ max: 2 }) }),
    // The two statements, with whatever comes between them.
    fc.record({ do: fc.constant("holders" as const) }),
    fc.record({ do: fc.constant("rows" as const), at: fc.integer({ min: 1, max: 9 }) }),
  ),
  { maxLength: 120 },
);

describe("the watermark", () => {
  test("loses no row and keeps the order, whatever transactions do", () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (given, seesDrawn) => {
        const table = new SimulatedTable();
        const reader = new SimulatedReader(seesDrawn);
        for (const step of given) {
          const at = "at" in step ? step.at : 0;
          switch (step.do) {
            case "holders":
              reader.noteHolders(table);
              break;
            case "rows":
              reader.noteRows(table, at);
              break;
            case "commit":
            case "rollback":
              table.end(at, step.do === "commit");
              break;
            case "begin":
              table.begin();
              break;
            case "lock":
            case "insert":
            case "savepoint":
            case "rollbackTo":
              table[step.do](at);
              break;
            case "restart":
              table.restart(at);
          }
        }
        while (table.open.size > 0) table.end(0, true);
        for (let look = 0; look < 300; look++) {
          reader.noteHolders(table);
          reader.noteRows(table, 9);
        }
        expect(reader.delivered).toEqual(table.idsAfter(0n));
        expect(reader.watermark.state).toBe("following");
      }),
      { numRuns: 3000 },
    );
  });

  test("follows ids without a gap at once", () => {
    const watermark = new Watermark(4n);
    watermark.noteRows([5n, 6n], 6n);
    expect(watermark.id).toBe(6n);
    expect(watermark.state).toBe("following");
  });

  test("stops at a gap until nobody is left who may fill it", () => {
    const watermark = new Watermark(4n);
    watermark.noteRows([5n, 7n, 8n], 8n);
    expect([watermark.id, watermark.seenId, watermark.state]).toEqual([5n, 8n, "marked"]);
    watermark.noteHolders(["3/1", "3/2"]);
    watermark.noteRows([7n, 8n], 8n);
    watermark.noteHolders(["3/2", "3/9"]);
    expect(watermark.id).toBe(5n);
    expect([...watermark.waitsFor]).toEqual(["3/2"]);
    watermark.noteHolders(["3/9"]);
    expect(watermark.id).toBe(8n);
    watermark.noteRows([], undefined);
    expect(watermark.state).toBe("following");
  });

  test("says whether a transaction has ended that held back the next rows", () => {
    const watermark = new Watermark(4n);
    watermark.noteRows([6n], 6n);
    expect(watermark.noteHolders(["3/1", "3/2"])).toBeFalse();
    watermark.noteRows([6n, 8n], 8n);
    // Nothing is known of the newer mark, and the older one waits for the same.
    expect(watermark.noteHolders(["3/1", "3/2", "3/3"])).toBeFalse();
    // It holds back the second mark alone.
    expect(watermark.noteHolders(["3/1", "3/2"])).toBeFalse();
    expect(watermark.noteHolders(["3/2"])).toBeTrue();
    expect(watermark.noteHolders(["3/2"])).toBeFalse();
    expect(watermark.noteHolders([])).toBeTrue();
    expect([watermark.id, watermark.state]).toEqual([8n, "following"]);
  });

  test("waits for a prepared transaction that lost its name in a restart", () => {
    const watermark = new Watermark(4n);
    watermark.noteRows([6n], 6n);
    watermark.noteHolders(["3/1"]);
    watermark.noteHolders(["-1/740"]);
    expect(watermark.id).toBe(4n);
    watermark.noteHolders([]);
    expect(watermark.id).toBe(6n);
  });

  test("sets few marks, however many rows come while a transaction is open", () => {
    const watermark = new Watermark(0n);
    for (let id = 2n; id < 1000n; id++) {
      watermark.noteRows([id], id);
      watermark.noteHolders(["3/1", `4/${id}`]);
    }
    expect(watermark.seenId).toBeLessThan(40n);
    for (let look = 0; look < 3; look++) {
      watermark.noteHolders([]);
      watermark.noteRows([999n], 999n);
    }
    expect([watermark.id, watermark.state]).toEqual([999n, "following"]);
  });
});

import { describe, expect, test } from "bun:test";

import type { EventId, Page } from "../../src/events.ts";
import { KEPT_BYTES, KEPT_PAGES, PAGE_LIMIT_BYTES, SharedPages } from "../../src/sse/pages.ts";
import { MemoryLog } from "../support/memory-log.ts";

const at = (id: number) => ({ log: "log-1", id: BigInt(id) });

/** A log whose pages come when the test says so. */
class SlowLog {
  readonly asked: { id: EventId; answer: (page: Page | "later") => void; fail: (error: Error) => void }[] =
    [];

  readAfter(id: EventId): Promise<Page | "later"> {
    const { promise, resolve, reject } = Promise.withResolvers<Page | "later">();
    this.asked.push({ id, answer: resolve, fail: reject });
    return promise;
  }
}

const page = (...ids: number[]): Page => ({
  log: "log-1",
  columns: ["id"],
  rows: ids.map((id) => ({ id: BigInt(id), values: [BigInt(id)], truncated: [] })),
  hasMore: false,
});

describe("pages that are kept", () => {
  test("are read once, until the log changes", () => {
    const log = new MemoryLog();
    log.commit(1, 2, 3);
    const pages = new SharedPages(log);
    expect(pages.after(at(1))).toBe(pages.after(at(1)));
    expect(pages.after(at(3))).toBe("end");
    expect(log.reads).toBe(1);
    pages.forget();
    void pages.after(at(1));
    expect(log.reads).toBe(2);
  });

  test("are only so many", () => {
    const log = new MemoryLog();
    log.commit(...Array.from({ length: 1000 }, (_, index) => index + 1));
    const pages = new SharedPages(log);
    for (let cursor = 0; cursor <= KEPT_PAGES; cursor++) void pages.after(at(cursor));
    expect(log.reads).toBe(KEPT_PAGES + 1);
    void pages.after(at(KEPT_PAGES));
    expect(log.reads).toBe(KEPT_PAGES + 1);
    void pages.after(at(0));
    expect(log.reads).toBe(KEPT_PAGES + 2);
  });

  test("are only so many bytes", () => {
    const text = "x".repeat(PAGE_LIMIT_BYTES);
    let reads = 0;
    const pages = new SharedPages({
      readAfter(id) {
        reads++;
        const row = { id: id + 1n, values: [id + 1n, text], truncated: [] };
        return { log: "log-1", columns: ["id", "text"], rows: [row], hasMore: true };
      },
    });
    const most = Math.floor(KEPT_BYTES / PAGE_LIMIT_BYTES);
    expect(most).toBeLessThan(KEPT_PAGES);
    for (let cursor = 0; cursor <= most; cursor++) void pages.after(at(cursor));
    void pages.after(at(0));
    expect(reads).toBe(most + 2);
    void pages.after(at(most));
    expect(reads).toBe(most + 2);
  });

  test("are not those that could not be read", () => {
    const log = new MemoryLog();
    log.commit(1);
    log.isBusy = true;
    const pages = new SharedPages(log);
    expect(pages.after(at(0))).toBe("later");
    log.isBusy = false;
    expect(pages.after(at(0))).toMatchObject({ events: 1, lastId: 1n });
  });
});

describe("pages of a log that answers later", () => {
  test("are asked for once by all who wait", async () => {
    const log = new SlowLog();
    const pages = new SharedPages(log);
    const both = Promise.all([pages.after(at(0)), pages.after(at(0))]);
    expect(log.asked).toHaveLength(1);
    log.asked[0]?.answer(page(1, 2));
    const [first, second] = await both;
    expect(first).toMatchObject({ events: 2, lastId: 2n, log: "log-1" });
    expect(second).toBe(first ?? "end");
    expect(pages.after(at(0))).toBe(first ?? "end");
    expect(log.asked).toHaveLength(1);
  });

  test("are not kept when the log changed meanwhile, and an end is none any more", async () => {
    const log = new SlowLog();
    const pages = new SharedPages(log);
    const end = pages.after(at(5));
    const some = pages.after(at(0));
    pages.forget();
    log.asked[0]?.answer(page());
    log.asked[1]?.answer(page(1));
    expect(await end).toBe("later");
    expect(await some).toMatchObject({ lastId: 1n });
    void pages.after(at(5));
    void pages.after(at(0));
    expect(log.asked).toHaveLength(4);
  });

  test("an error reaches all who wait, and the next one asks again", async () => {
    const log = new SlowLog();
    const pages = new SharedPages(log);
    const both = Promise.allSettled([pages.after(at(0)), pages.after(at(0))]);
    const reason = new Error("connection lost");
    log.asked[0]?.fail(reason);
    expect(await both).toEqual([
      { status: "rejected", reason },
      { status: "rejected", reason },
    ]);
    void pages.after(at(0));
    expect(log.asked).toHaveLength(2);
  });
});

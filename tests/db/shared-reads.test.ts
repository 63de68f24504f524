import { expect, test } from "bun:test";

import { SharedReads } from "../../src/db/shared-reads.ts";

class Reads {
  readonly begun: { readonly answer: PromiseWithResolvers<string>; readonly signal: AbortSignal }[] = [];
  readonly #shared = new SharedReads<string>();

  read(key: string, signal = new AbortController().signal): Promise<string> {
    return this.#shared.read(key, signal, (own) => {
      const answer = Promise.withResolvers<string>();
      own.addEventListener("abort", () => answer.reject(new Error("given up")));
      this.begun.push({ answer, signal: own });
      return answer.promise;
    });
  }
}

test("who asks the same at the same time shares a read, and the next one reads anew", async () => {
  const reads = new Reads();
  const asked = [reads.read("a"), reads.read("a"), reads.read("b")];
  expect(reads.begun.length).toBe(2);
  for (const [at, { answer }] of reads.begun.entries()) answer.resolve(String(at));
  expect(await Promise.all(asked)).toEqual(["0", "0", "1"]);
  expect(reads.begun.every(({ signal }) => !signal.aborted)).toBe(true);
  void reads.read("a").catch(() => {});
  expect(reads.begun.length).toBe(3);
});

test("a read is given up when the last one has left, and not before", async () => {
  const reads = new Reads();
  const [one, two] = [new AbortController(), new AbortController()];
  const asked = [reads.read("a", one.signal), reads.read("a", two.signal)].map((read) =>
    read.catch((error: unknown) => String(error)),
  );
  one.abort();
  expect(await asked[0]).toContain("it has left");
  expect(reads.begun[0]?.signal.aborted).toBe(false);
  two.abort();
  expect(await asked[1]).toContain("it has left");
  expect(reads.begun[0]?.signal.aborted).toBe(true);
  expect(reads.read("a", one.signal)).rejects.toThrow();
});

test("an error is everybody's, and nobody's afterwards", async () => {
  const reads = new Reads();
  const asked = [reads.read("a"), reads.read("a")].map((read) =>
    read.catch((error: unknown) => String(error)),
  );
  reads.begun[0]?.answer.reject(new Error("broken"));
  expect(await Promise.all(asked)).toEqual(["Error: broken", "Error: broken"]);
  const again = reads.read("a");
  reads.begun[1]?.answer.resolve("well");
  expect(await again).toBe("well");
});

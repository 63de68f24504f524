import { expect, test } from "bun:test";

import { signal } from "@preact/signals";

import { OneRead } from "../../../src/web/log/one-read.ts";

function createRead() {
  const isLoading = signal(false);
  const failure = signal<string | undefined>(undefined);
  return { isLoading, failure, read: new OneRead({ isLoading, failure }) };
}

test("the reader sees that a read is under way until it has ended", async () => {
  const { isLoading, read } = createRead();
  const answer = Promise.withResolvers<void>();
  const ended = read.begin(() => answer.promise);
  expect(isLoading.value).toBe(true);
  answer.resolve();
  await ended;
  expect(isLoading.value).toBe(false);
});

test.each([
  ["an answer", () => Promise.resolve()],
  ["a failure", () => Promise.reject(new Error("too late"))],
])("%s that is out of date changes nothing of what the reader sees", async (_what, end) => {
  const { isLoading, failure, read } = createRead();
  const first = read.begin(end);
  read.forget();
  const next = Promise.withResolvers<void>();
  const second = read.begin(() => next.promise);
  failure.value = "of the second";
  await first;
  expect(failure.value).toBe("of the second");
  expect(isLoading.value).toBe(true);
  expect(read.begin(() => Promise.resolve())).toBe(second);
  next.resolve();
  await second;
  expect(failure.value).toBeUndefined();
});

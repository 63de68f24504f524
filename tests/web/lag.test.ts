import { expect, setDefaultTimeout, test } from "bun:test";

import { signal } from "@preact/signals";

import { type Behind, GRACE_MS, Lag } from "../../src/web/lag.ts";
import { describeInBrowser, Tab } from "../support/browser.ts";
import { FakeServer, row } from "../support/fake-server.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

function createLag(start: bigint) {
  const behind = signal<Behind | undefined>(undefined);
  const page = { cursor: start };
  return { behind, page, lag: new Lag({ behind, cursor: () => page.cursor }) };
}

test("a page is behind when it has not in a second what it has heard of, until it has", async () => {
  const { behind, page, lag } = createLag(3n);
  lag.heard(9n);
  expect(behind.value).toBeUndefined();
  await until(() => behind.value !== undefined, "it to be told", GRACE_MS * 5);
  expect(behind.value).toEqual({ at: 3n, of: 9n });
  page.cursor = 7n;
  await until(() => behind.value?.at === 7n, "it to be told anew");
  page.cursor = 9n;
  await until(() => behind.value === undefined, "it to be over");
});

test("rows that are under way make no page that is behind", async () => {
  const { behind, page, lag } = createLag(3n);
  lag.heard(9n);
  page.cursor = 9n;
  const slow = createLag(3n);
  slow.lag.heard(9n);
  await until(() => slow.behind.value !== undefined, "another page to be behind", GRACE_MS * 5);
  expect(behind.value).toBeUndefined();
});

describeInBrowser("a page that is behind the log", () => {
  test("says so, with the ids, and is silent about it when it is level", async () => {
    await using server = await FakeServer.start();
    server.commit(row(1), row(2));
    await using tab = await Tab.open(server.url);
    await tab.untilText("#connection-status", "Connected");
    expect(await tab.text("#behind")).toBeNull();
    server.isSilent = true;
    server.commit(row(1500));
    await tab.evaluate("tailboard.refresh()");
    await tab.untilText("#behind", "Catching up: at event 2 of 1,500");
    server.isSilent = false;
    server.commit(row(1501));
    await tab.untilRows([1501, 2, 1]);
    await until(async () => (await tab.text("#behind")) === null, "it to be level");
    expect(tab.errors).toEqual([]);
  });
});

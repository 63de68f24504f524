/** The page under a path. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { buildAssets } from "../../src/http/assets.ts";
import { Board } from "../support/board.ts";
import { describeInBrowser, Tab } from "../support/browser.ts";
import { StrippingProxy } from "../support/stripping-proxy.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const PREFIX = "/tools/tail/";

/** What the browser's own parts ask for at the root of a host, whatever the page says. */
const OF_THE_BROWSER = "/favicon.ico";

/** A page under a path: where it is, and what was asked for elsewhere. */
interface Placed extends AsyncDisposable {
  readonly board: Board;
  readonly url: string;
  readonly strays: readonly string[];
}

/** Behind a proxy that takes the path away. */
async function stripped(): Promise<Placed> {
  await using parts = new AsyncDisposableStack();
  const board = parts.use(await Board.open());
  const proxy = parts.use(new StrippingProxy(board.server.url, PREFIX));
  const ending = parts.move();
  const { url, strays } = proxy;
  return { board, url, strays, [Symbol.asyncDispose]: () => ending.disposeAsync() };
}

/** By a server that knows the path; a proxy in between would change nothing. */
async function kept(): Promise<Placed> {
  const board = await Board.open(undefined, ["--base-path", PREFIX]);
  const { url } = board.server;
  return { board, url, strays: [], [Symbol.asyncDispose]: () => board[Symbol.asyncDispose]() };
}

describeInBrowser("under a path", () => {
  test.each([
    ["that a proxy takes away", stripped],
    ["that the server knows", kept],
  ] as const)("%s: the page streams, asks and exports, and nothing of it is elsewhere", async (_, place) => {
    await using placed = await place();
    const { board, url, strays } = placed;
    await board.writer.insert(2);
    await using tab = await Tab.open(url);
    await tab.untilText("#connection-status", "Connected");
    await board.writer.insert(1);
    await tab.untilRows([3, 2, 1]);
    // By the stream, and not by a poll.
    expect(tab.requested(`${PREFIX}api/events/stream`)).toHaveLength(1);
    expect(tab.requested(`${PREFIX}api/events?`).filter((path) => path.includes("after="))).toEqual([]);

    const links = await tab.evaluate<string[]>(
      "[...document.querySelectorAll('#export a')].map((link) => link.href)",
    );
    expect(links.length).toBeGreaterThanOrEqual(2);
    for (const link of links) {
      expect(link).toStartWith(url);
      const answer = await fetch(link);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain("written by another process");
    }
    // A question goes into the address, and the address stays under the path.
    await tab.evaluate("tailboard.ask('type:test')");
    await until(() => tab.evaluate<boolean>("location.search === '?q=type%3Atest'"), "the address");
    expect(await tab.evaluate("location.pathname")).toBe(PREFIX);
    await tab.untilText("#connection-status", "Connected");
    await board.writer.insert(1);
    await tab.untilRows([4, 3, 2, 1]);
    expect(strays.filter((path) => path !== OF_THE_BROWSER)).toEqual([]);
    expect(tab.errors).toEqual([]);
  });

  test("every file that the page can import is there", async () => {
    await using board = await Board.open();
    await using proxy = new StrippingProxy(board.server.url, PREFIX);
    for (const path of (await buildAssets()).keys()) {
      const answer = await fetch(new URL(`.${path}`, proxy.url));
      expect([path, answer.status]).toEqual([path, 200]);
    }
  });
});

/** Views that are saved: as data, and in a real browser. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import {
  MAX_NAME_LENGTH,
  MAX_VIEWS,
  readViews,
  viewOf,
  viewsAsLinks,
  viewsOfLinks,
} from "../../src/web/saved-views/saved-view.ts";
import { axe } from "../support/axe.ts";
import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { focused, press, tabTo, write } from "../support/keys.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

describe("a view", () => {
  test("has its question for a name where it is given none, and no more room than a menu has", () => {
    expect(viewOf("  a \n name ", " type:failed ")).toEqual({ name: "a name", question: "type:failed" });
    expect(viewOf(" ", "type:failed")?.name).toBe("type:failed");
    expect(viewOf("n".repeat(MAX_NAME_LENGTH), "q")?.name).toBe("n".repeat(MAX_NAME_LENGTH));
    expect(viewOf("n".repeat(MAX_NAME_LENGTH + 1), "q")?.name).toBe(`${"n".repeat(MAX_NAME_LENGTH - 1)}…`);
    expect(viewOf("name", " ")).toBeUndefined();
    expect(viewOf("name", "q".repeat(5000))).toBeUndefined();
  });

  test("is read from the storage, and what is none is left out", () => {
    expect(readViews(undefined)).toEqual([]);
    expect(readViews("{")).toEqual([]);
    expect(readViews('{"name":"a"}')).toEqual([]);
    const views = [
      { name: "a", question: "q" },
      null,
      { name: 1, question: "q" },
      { name: "b", question: "" },
    ];
    expect(readViews(JSON.stringify(views))).toEqual([{ name: "a", question: "q" }]);
    const many = Array.from({ length: MAX_VIEWS + 1 }, (_, at) => ({ name: `n${at}`, question: "q" }));
    expect(readViews(JSON.stringify(many))).toHaveLength(MAX_VIEWS);
  });

  test("goes into a link and comes out of it as it was, and no other line does", () => {
    const views = [
      { name: "Fällt aus #1 & 50%", question: 'type:failed "out of memory" & more' },
      { name: "b", question: "actor:b" },
    ];
    const links = viewsAsLinks(views, "https://example.com/board/?q=old&event=3#old");
    expect(links.split("\n")[1]).toBe("https://example.com/board/?q=actor%3Ab#b");
    expect(viewsOfLinks(links)).toEqual({ views, unreadableCount: 0 });
    expect(viewsOfLinks(`\n${links}\r\nnonsense\nhttps://example.com/\n`)).toEqual({
      views,
      unreadableCount: 2,
    });
    expect(viewsOfLinks("http://a/?q=x").views).toEqual([{ name: "x", question: "x" }]);
    expect(viewsOfLinks("http://a/?q=x#50%").views).toEqual([{ name: "50%", question: "x" }]);
  });
});

const names = (tab: Tab) =>
  tab.evaluate<string[]>(
    `[...document.querySelectorAll("#views-menu .view-name")].map((name) => name.textContent)`,
  );
const untilNames = (tab: Tab, expected: readonly string[]) =>
  until(
    async () => JSON.stringify(await names(tab)) === JSON.stringify(expected),
    `the views ${expected.join()}`,
  );
const isMenuOpen = (tab: Tab) =>
  tab.evaluate<boolean>(`document.querySelector("#views-menu").matches(":popover-open")`);

async function openBoard(): Promise<Board> {
  const board = await Board.open();
  await board.writer.run(insertSql({ event_type: "done" }));
  await board.writer.run(insertSql({ event_type: "failed" }));
  return board;
}

async function fill(tab: Tab, selector: string, text: string): Promise<void> {
  await tab.evaluate(`(() => {
    const field = document.querySelector(${JSON.stringify(selector)});
    field.value = ${JSON.stringify(text)};
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    field.closest("form").requestSubmit();
  })()`);
}

describeInBrowser("the menu of the views", () => {
  test("saves, opens, renames and deletes a view, with the keys alone", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, "?q=type:failed");
    await tab.untilRows([2]);
    await tabTo(tab, "#views");
    await press(tab, "Enter");
    await until(() => isMenuOpen(tab), "the menu");
    await tabTo(tab, "#view-name");
    await write(tab, "Failures");
    await press(tab, "Enter");
    await untilNames(tab, ["Failures"]);
    await press(tab, "Escape");
    await until(async () => !(await isMenuOpen(tab)), "the menu to close");
    expect(await focused(tab)).toBe("views");

    await tab.click(".clear");
    await tab.untilRows([2, 1]);
    await tabTo(tab, "#views");
    await press(tab, "Enter");
    await tabTo(tab, ".view-open");
    await press(tab, "Enter");
    await tab.untilRows([2]);
    await until(async () => !(await isMenuOpen(tab)), "the menu to close");

    await tabTo(tab, "#views");
    await press(tab, "Enter");
    await tabTo(tab, "[aria-label='Rename Failures']");
    await press(tab, "Enter");
    await until(
      async () => tab.evaluate("document.activeElement?.matches('.view input')"),
      "the box for the name",
    );
    await write(tab, "Broken");
    await press(tab, "Enter");
    await untilNames(tab, ["Broken"]);
    await tabTo(tab, "[aria-label='Delete Broken']");
    await press(tab, "Enter");
    await untilNames(tab, []);
    await tab.untilText("#views-answer", "“Broken” is deleted.");
    expect(tab.errors).toEqual([]);
  });

  test("is the same in another tab and after a reload, and the palette knows its views", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, "?q=type:failed");
    await tab.untilRows([2]);
    const other = await board.openConnectedTab();
    await fill(tab, "#view-name", "Failures");
    await untilNames(tab, ["Failures"]);
    await untilNames(other, ["Failures"]);
    await fill(other, "#view-links", `${board.server.url}?q=type:done#Done`);
    await untilNames(tab, ["Done", "Failures"]);
    await other.evaluate("document.querySelector(\"[aria-label='Delete Failures']\").click()");
    await untilNames(tab, ["Done"]);
    await tab.reload();
    await untilNames(tab, ["Done"]);
    await tab.untilRows([2]);
    await press(tab, "k", { modifier: "control" });
    await until(async () => (await focused(tab)) === "palette-text", "the palette");
    await write(tab, "view done");
    await press(tab, "Enter");
    await tab.untilRows([1]);
    expect(tab.errors).toEqual([]);
  });

  test("copies its views as links and takes them in, names that are taken excepted", async () => {
    await using board = await openBoard();
    const tab = await board.openTab({}, "?q=type:failed");
    await tab.untilRows([2]);
    await fill(tab, "#view-links", `${board.server.url}?q=type%3Adone#Done\nnonsense`);
    await tab.untilText("#views-answer", "1 view taken in. 1 line not read: no link with a question.");
    await fill(tab, "#view-name", "Failures");
    await untilNames(tab, ["Done", "Failures"]);
    await tab.click("#views");
    await tab.click("[aria-label='Rename Done']");
    await until(() => tab.evaluate("document.querySelector('.view input') !== null"), "the box");
    await fill(tab, ".view input", "Failures");
    await tab.untilText("#views-answer", /called “Failures” already/);
    await tab.evaluate("document.querySelector('.view form [type=button]').click()");
    await tab.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }");
    await tab.evaluate("document.querySelector('#views-menu .copy').click()");
    await until(() => tab.evaluate("window.copied !== undefined"), "the copy");
    expect(await tab.evaluate<string>("window.copied")).toBe(
      `${board.server.url}?q=type%3Adone#Done\n${board.server.url}?q=type%3Afailed#Failures`,
    );
    expect(tab.errors).toEqual([]);
  });

  test("says where the browser keeps nothing", async () => {
    await using board = await openBoard();
    const before = `Object.defineProperty(window, "localStorage", { get() { throw new DOMException("blocked"); } })`;
    const tab = await board.openTab({ before }, "?q=type:failed");
    await tab.untilRows([2]);
    await fill(tab, "#view-name", "Failures");
    await untilNames(tab, ["Failures"]);
    await tab.untilText("#views-answer", /refuses to keep/);
    expect(tab.errors).toEqual([]);
  });

  test("takes no more than it has room for", async () => {
    await using board = await openBoard();
    const views = Array.from({ length: MAX_VIEWS }, (_, at) => ({ name: `n${at}`, question: "q" }));
    const before = `localStorage.setItem("tailboard.views", ${JSON.stringify(JSON.stringify(views))})`;
    const tab = await board.openTab({ before }, "?q=type:failed");
    await tab.untilRows([2]);
    await fill(tab, "#view-name", "one more");
    await tab.untilText("#views-answer", /room for 100 views/);
    expect(await names(tab)).toHaveLength(MAX_VIEWS);
  });
});

describe.each(["light", "dark"] as const)("accessibility, %s", (scheme) => {
  describeInBrowser("axe finds nothing", () => {
    test("in the menu, empty and with views, one being renamed", async () => {
      await using board = await openBoard();
      const tab = await board.openTab({ scheme, width: 360, height: 740 }, "?q=type:failed");
      await tab.untilRows([2]);
      await tab.click("#views");
      await until(() => isMenuOpen(tab), "the menu");
      expect(await axe(tab)).toEqual([]);
      await fill(tab, "#view-name", "A name that is far too long for a phone, and goes on");
      await fill(tab, "#view-name", "Other");
      await until(async () => (await names(tab)).length === 2, "two views");
      await tab.click("[aria-label='Rename Other']");
      await tab.click(".import-views summary");
      await until(() => tab.evaluate("document.querySelector('.view input') !== null"), "the box");
      expect(await axe(tab)).toEqual([]);
      expect(
        await tab.evaluate(
          "document.querySelector('#views-menu').scrollWidth - document.querySelector('#views-menu').clientWidth",
        ),
      ).toBe(0);
    });
  });
});

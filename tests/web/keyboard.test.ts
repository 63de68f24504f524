/** The keys, the help and the command palette, in a real browser. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import type { Command } from "../../src/web/commands/command.ts";
import { findCommands } from "../../src/web/commands/find.ts";
import { keyNames } from "../../src/web/commands/key-names.ts";
import { axe } from "../support/axe.ts";
import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { focused, press, tabTo, write } from "../support/keys.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const isOpen = (tab: Tab, id: string) => tab.evaluate<boolean>(`document.querySelector("#${id}").open`);
const untilOpen = (tab: Tab, id: string) => until(() => isOpen(tab, id), `#${id} to open`);
const untilClosed = (tab: Tab, id: string) => until(async () => !(await isOpen(tab, id)), `#${id} to close`);
const untilFocused = (tab: Tab, id: string) =>
  until(async () => (await focused(tab)) === id, `the focus of #${id}`);
const titles = `[...document.querySelectorAll("#palette-list .palette-title")].map((title) => title.textContent)`;
const selected = `document.querySelector("#palette-list [aria-selected=true] .palette-title")?.textContent`;

describe("commands", () => {
  const command = (title: string, more: Partial<Command> = {}): Command => ({
    title,
    group: "View",
    keys: [],
    run: () => undefined,
    ...more,
  });

  test("are found by words of their titles and groups, in any order, best first", () => {
    const all = [
      command("Show the dark theme"),
      command("Theme of the system"),
      command("Export", { group: "Page" }),
    ];
    const found = (text: string) => findCommands(all, text).map(({ title }) => title);
    expect(found("theme")).toEqual(["Theme of the system", "Show the dark theme"]);
    expect(found("  theme DARK ")).toEqual(["Show the dark theme"]);
    expect(found("page")).toEqual(["Export"]);
    expect(found("")).toEqual(all.map(({ title }) => title));
    expect(found("nothing")).toEqual([]);
  });

  test("are left out where they are not possible", () => {
    expect(findCommands([command("No", { isEnabled: () => false })], "")).toEqual([]);
  });

  test("have their keys as the keyboard does", () => {
    expect(keyNames(["Control+k", "Meta+k", " "], false)).toEqual([["Ctrl", "k"], ["Space"]]);
    expect(keyNames(["Control+k", "Meta+k", "ArrowUp"], true)).toEqual([["⌘", "k"], ["↑"]]);
    expect(keyNames(["+", "Control++"], false)).toEqual([["+"], ["Ctrl", "+"]]);
  });
});

describeInBrowser("the keys", () => {
  test("belong to the field that somebody writes in, and to the browser where another key is held", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab();
    await press(tab, "/", { modifier: "alt" });
    expect(await focused(tab)).toBe("");
    await press(tab, "/");
    await untilFocused(tab, "search");
    await write(tab, "a/b?");
    expect(await tab.evaluate("document.querySelector('#search').value")).toBe("a/b?");
    expect(await isOpen(tab, "help")).toBe(false);
    // This one names the key that is held, so it works from a field, too.
    await press(tab, "k", { modifier: "control" });
    await untilOpen(tab, "palette");
    await press(tab, "Escape");
    await untilClosed(tab, "palette");
    await untilFocused(tab, "search");
    expect(tab.errors).toEqual([]);
  });

  test("reach the page as soon as the field that had them is closed", async () => {
    await using board = await Board.open();
    await board.writer.run(insertSql({ event_type: "done" }));
    const tab = await board.openConnectedTab();
    await tab.untilRows([1]);
    // Before the browser draws again, and takes the focus from what is gone.
    await tab.evaluate(`(() => {
      document.querySelector("#jump-menu").showPopover();
      document.querySelector("#jump-id").focus();
      document.querySelector("#jump-menu").hidePopover();
      const field = document.activeElement === document.body ? document.querySelector("#jump-id") : document.activeElement;
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true, cancelable: true }));
    })()`);
    expect(await isOpen(tab, "help")).toBe(true);
  });

  test("reach the page, and not the closed palette, before the browser draws again", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab();
    await press(tab, "k", { modifier: "control" });
    await untilFocused(tab, "palette-text");
    const [isClosed, wasTaken] = await tab.evaluate<[boolean, boolean]>(`(() => {
      const palette = document.querySelector("#palette");
      const field = document.querySelector("#palette-text");
      palette.close();
      field.focus();
      const key = new KeyboardEvent("keydown", { key: "k", ctrlKey: true, bubbles: true, cancelable: true });
      return [!palette.open, !field.dispatchEvent(key)];
    })()`);
    expect(isClosed).toBe(true);
    // So that the browser does nothing of its own with it.
    expect(wasTaken).toBe(true);
    await untilOpen(tab, "palette");
    await untilFocused(tab, "palette-text");
    await write(tab, "dark");
    expect(await tab.evaluate("document.querySelector('#palette-text').value")).toBe("dark");
    expect(tab.errors).toEqual([]);
  });

  test("Space and Enter stay with the button that has the focus", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab();
    await tabTo(tab, "#zone-switch");
    await press(tab, " ");
    await tab.untilText("#zone-switch", "UTC");
    await press(tab, "Enter");
    await tab.untilText("#zone-switch", "Relative");
    await press(tab, "?");
    await untilOpen(tab, "help");
  });
});

describeInBrowser("the help", () => {
  test("opens with ?, says every key that works, and gives the focus back", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab();
    await tabTo(tab, "#settings");
    await press(tab, "?");
    await untilOpen(tab, "help");
    await tab.untilText("#help", /Go to the search box/);
    expect(
      await tab.evaluate("[...document.querySelectorAll('#help kbd')].map((key) => key.textContent)"),
    ).toEqual(expect.arrayContaining(["/", "?", "Ctrl", "k", "Esc"]));
    // What is behind it takes no key.
    await press(tab, "/");
    expect(await isOpen(tab, "help")).toBe(true);
    expect(await focused(tab)).not.toBe("search");
    await press(tab, "Escape");
    await untilClosed(tab, "help");
    await untilFocused(tab, "settings");
    await press(tab, "?");
    await untilOpen(tab, "help");
    await press(tab, "Enter");
    await untilClosed(tab, "help");
    expect(tab.errors).toEqual([]);
  });
});

describeInBrowser("the palette", () => {
  test("finds a command and runs it, with the keys alone", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab();
    await press(tab, "k", { modifier: "control" });
    await untilFocused(tab, "palette-text");
    const all = await tab.evaluate<string[]>(titles);
    expect(all).toContain("Go to the search box");
    // Nothing is asked, so there is nothing to clear; nor is the palette one of its own commands.
    expect(all).not.toContain("Clear the search");
    expect(all).not.toContain("Find a command");
    await press(tab, "ArrowUp");
    await until(async () => (await tab.evaluate(selected)) === all.at(-1), "the last one");
    await press(tab, "ArrowDown");
    await until(async () => (await tab.evaluate(selected)) === all[0], "the first one");
    await write(tab, "dark");
    await until(async () => (await tab.evaluate<string[]>(titles)).length === 1, "one command");
    await press(tab, "Enter");
    await untilClosed(tab, "palette");
    expect(await tab.evaluate("document.documentElement.dataset.theme")).toBe("dark");

    await press(tab, "k", { modifier: "meta" });
    await untilFocused(tab, "palette-text");
    await write(tab, "search box");
    await press(tab, "Enter");
    await untilFocused(tab, "search");
    expect(tab.errors).toEqual([]);
  });

  test("leads to the help, says where nothing is found, and closes with the keys that open it", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab();
    await press(tab, "k", { modifier: "control" });
    await untilFocused(tab, "palette-text");
    await write(tab, "what the keys");
    await press(tab, "Enter");
    await untilOpen(tab, "help");
    await untilClosed(tab, "palette");
    await press(tab, "Escape");
    await untilClosed(tab, "help");
    await press(tab, "k", { modifier: "control" });
    await untilFocused(tab, "palette-text");
    await write(tab, "xyzzy");
    await tab.untilText("#palette .palette-none", /No command/);
    await press(tab, "Enter");
    expect(await isOpen(tab, "palette")).toBe(true);
    await press(tab, "k", { modifier: "control" });
    await untilClosed(tab, "palette");
    expect(tab.errors).toEqual([]);
  });

  test("clears the search by a click, and copies a link to the view", async () => {
    await using board = await Board.open();
    await board.writer.run(insertSql({ event_type: "done" }));
    await board.writer.run(insertSql({ event_type: "failed" }));
    const tab = await board.openTab({}, "?q=type:failed");
    await tab.untilRows([2]);
    await press(tab, "k", { modifier: "control" });
    await untilFocused(tab, "palette-text");
    await write(tab, "copy a link");
    await press(tab, "Enter");
    await tab.untilText("#notice", /link/);
    await press(tab, "k", { modifier: "control" });
    await untilFocused(tab, "palette-text");
    await write(tab, "clear");
    await until(async () => (await tab.evaluate<string[]>(titles)).length === 1, "one command");
    await tab.click("#palette-list li");
    await tab.untilRows([2, 1]);
    await untilClosed(tab, "palette");
    expect(tab.errors).toEqual([]);
  });
});

describe.each(["light", "dark"] as const)("accessibility, %s", (scheme) => {
  describeInBrowser("axe finds nothing", () => {
    test("in the help and in the palette, wide and narrow", async () => {
      await using board = await Board.open();
      await board.writer.insert(3);
      for (const width of [1280, 360]) {
        const tab = await board.openConnectedTab({ scheme, width, height: 740 });
        await press(tab, "?");
        await untilOpen(tab, "help");
        expect(await axe(tab)).toEqual([]);
        await press(tab, "Escape");
        await untilClosed(tab, "help");
        await press(tab, "k", { modifier: "control" });
        await untilFocused(tab, "palette-text");
        expect(await axe(tab)).toEqual([]);
        await write(tab, "xyzzy");
        await tab.untilText("#palette .palette-none", /No command/);
        expect(await axe(tab)).toEqual([]);
      }
    });
  });
});

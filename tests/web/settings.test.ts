/** The theme and the times, in a real browser. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { axe } from "../support/axe.ts";
import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { focused, press, tabTo } from "../support/keys.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const isMenuOpen = (tab: Tab) =>
  tab.evaluate<boolean>(`document.querySelector("#settings-menu").matches(":popover-open")`);
const canvas = (tab: Tab) => tab.evaluate<string>("getComputedStyle(document.body).backgroundColor");
const themeColours = (tab: Tab) =>
  tab.evaluate<string[]>(
    `[...document.querySelectorAll("meta[name='theme-color']")].map((meta) => meta.content)`,
  );
const LIGHT_CANVAS = "rgb(245, 246, 248)";
const DARK_CANVAS = "rgb(14, 17, 22)";

describeInBrowser("the theme", () => {
  test("follows the system until one is chosen, with the keys alone, and is remembered", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab({ scheme: "light" });
    expect(await canvas(tab)).toBe(LIGHT_CANVAS);
    await tabTo(tab, "#settings");
    await press(tab, "Enter");
    await until(() => isMenuOpen(tab), "the menu");
    await tabTo(tab, "[name=Theme]:checked");
    await press(tab, "ArrowRight");
    await press(tab, "ArrowRight");
    await until(async () => (await canvas(tab)) === DARK_CANVAS, "the dark theme");
    expect(await themeColours(tab)).toEqual(["#14181f", "#14181f"]);
    await press(tab, "Escape");
    await until(async () => !(await isMenuOpen(tab)), "the menu to close");
    expect(await focused(tab)).toBe("settings");

    await tab.reload();
    await until(() => tab.evaluate("document.querySelector('#settings') !== null"), "the page");
    expect(await canvas(tab)).toBe(DARK_CANVAS);
    await tab.evaluate(`document.querySelector("[name=Theme][value=system]").click()`);
    await until(async () => (await canvas(tab)) === LIGHT_CANVAS, "the theme of the system");
    expect(await themeColours(tab)).toEqual(["#ffffff", "#14181f"]);
    expect(tab.errors).toEqual([]);
  });

  test("can be light where the system is dark", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab({ scheme: "dark" });
    expect(await canvas(tab)).toBe(DARK_CANVAS);
    await tab.evaluate(`document.querySelector("[name=Theme][value=light]").click()`);
    await until(async () => (await canvas(tab)) === LIGHT_CANVAS, "the light theme");
    expect(tab.errors).toEqual([]);
  });
});

/** The time of day stands still until a test moves it. The timers of the page go on. */
const STOPPED_CLOCK = `
  window.nowMs = Date.parse("2026-03-04T12:00:00Z");
  Date.now = () => window.nowMs;
`;

describeInBrowser("times as how long ago they were", () => {
  test("go on by themselves, with the time in full for who hovers and for screen readers", async () => {
    await using board = await Board.open();
    await board.writer.run(insertSql({ timestamp: "2026-03-04T11:59:48Z" }));
    await board.writer.run(insertSql({ timestamp: "yesterday, at noon" }));
    const tab = await board.openConnectedTab({ before: STOPPED_CLOCK });
    const time = "[data-event-id='1'] time";
    const full = await tab.text(time);
    await tab.click("#zone-switch");
    await tab.untilText("#zone-switch", "UTC");
    await tab.click("#zone-switch");
    await tab.untilText("#zone-switch", "Relative");
    await tab.untilText(`${time} [aria-hidden]`, "12 s ago");
    expect(await tab.text(`${time} .visually-hidden`)).toBe(full);
    expect(await tab.evaluate(`document.querySelector("${time}").title`)).toStartWith(
      "2026-03-04T11:59:48.000Z",
    );
    // What can't be read as a time stands as it is.
    expect(await tab.text("[data-event-id='2'] .raw-time")).toBe("yesterday, at noon");
    await tab.evaluate("nowMs += 120_000");
    await tab.untilText(`${time} [aria-hidden]`, "2 min ago");

    await tab.reload();
    await tab.untilText(`${time} [aria-hidden]`, "12 s ago");
    await tab.click("#zone-switch");
    await tab.untilText("#zone-switch", "Local time");
    expect(await tab.text(time)).toBe(full);
    expect(tab.errors).toEqual([]);
  });

  test("have one timer however many they are, and none while the tab is hidden or nobody reads them", async () => {
    await using board = await Board.open();
    await board.writer.insert(20);
    const before = `
      window.ticking = new Set();
      const [set, clear] = [window.setInterval, window.clearInterval];
      window.setInterval = (run, ms) => {
        const timer = set(run, ms);
        if (ms === 1000) window.ticking.add(timer);
        return timer;
      };
      window.clearInterval = (timer) => {
        window.ticking.delete(timer);
        clear(timer);
      };`;
    const tab = await board.openConnectedTab({ before });
    const ticking = () => tab.evaluate<number>("ticking.size");
    expect(await ticking()).toBe(0);
    await tab.click("#zone-switch");
    await tab.click("#zone-switch");
    await until(async () => (await ticking()) === 1, "one timer");
    const show = (visibility: string) =>
      tab.evaluate(`(() => {
        Object.defineProperty(document, "visibilityState", { value: "${visibility}", configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      })()`);
    await show("hidden");
    expect(await ticking()).toBe(0);
    await show("visible");
    expect(await ticking()).toBe(1);
    await tab.click("#zone-switch");
    await until(async () => (await ticking()) === 0, "no timer");
    expect(tab.errors).toEqual([]);
  });
});

describeInBrowser("the menu of the settings", () => {
  test("fits a screen of 360 pixels, and leads to the help, which gives the focus back", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab({ width: 360, height: 740 });
    await tabTo(tab, "#settings");
    await press(tab, "Enter");
    await until(() => isMenuOpen(tab), "the menu");
    const bounds = await tab.evaluate<{ left: number; right: number }>(
      "document.querySelector('#settings-menu').getBoundingClientRect().toJSON()",
    );
    expect(bounds.left).toBeGreaterThanOrEqual(0);
    expect(bounds.right).toBeLessThanOrEqual(360);
    expect(await tab.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
    await tab.evaluate(`document.querySelector("[name=Times][value=utc]").click()`);
    expect(await tab.text("#zone-switch")).toBe("UTC");
    await tabTo(tab, "#settings-menu .menu-end button:last-child");
    await press(tab, "Enter");
    await until(() => tab.evaluate("document.querySelector('#help').open"), "the help");
    await press(tab, "Escape");
    await until(async () => (await focused(tab)) === "settings", "the focus");
    expect(tab.errors).toEqual([]);
  });
});

describe.each(["light", "dark"] as const)("accessibility, %s", (scheme) => {
  describeInBrowser("axe finds nothing", () => {
    test("in the menu of the settings, with the other theme chosen, and with times from now", async () => {
      await using board = await Board.open();
      await board.writer.insert(3);
      const tab = await board.openConnectedTab({ scheme });
      await tab.click("#settings");
      await until(() => isMenuOpen(tab), "the menu");
      expect(await axe(tab)).toEqual([]);
      const other = scheme === "light" ? "dark" : "light";
      await tab.evaluate(`document.querySelector("[name=Theme][value=${other}]").click()`);
      await tab.evaluate(`document.querySelector("[name=Times][value=relative]").click()`);
      await tab.untilText("#zone-switch", "Relative");
      expect(await axe(tab)).toEqual([]);
    });
  });
});

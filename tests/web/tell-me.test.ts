/** What the reader is told of while looking elsewhere: the title of the tab, and notifications. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { readEvent } from "../../src/web/event/event.ts";
import { FIRST_READING } from "../../src/web/event/reading.ts";
import { notificationText } from "../../src/web/tell-me/notifier.ts";
import { titleOf } from "../../src/web/title.ts";
import { axe } from "../support/axe.ts";
import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { press, tabTo } from "../support/keys.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

describe("the title", () => {
  test.each([
    [{ unseen: 0, matches: 0, hasProblem: false }, "Tailboard"],
    [{ unseen: 3, matches: 0, hasProblem: false }, "(3) Tailboard"],
    [{ unseen: 3, matches: 2, hasProblem: false }, "● 2 new – Tailboard"],
    [{ unseen: 0, matches: 0, hasProblem: true }, "⚠ Tailboard"],
    [{ unseen: 5000, matches: 0, hasProblem: true }, "⚠ (999+) Tailboard"],
  ])("of %p is %p", (counts, title) => {
    expect(titleOf(counts)).toBe(title);
  });
});

describe("a notification", () => {
  const reading = { ...FIRST_READING, roles: { id: "id", type: "event_type", summary: "summary" } };
  const event = readEvent({ id: 7, event_type: "failed", summary: "disk \u202Efull" }, "id");

  test("is called what was asked, or the type, and says the summary with nothing hidden in it", () => {
    expect(notificationText({ event, reading, question: "type:failed" }, 1)).toEqual({
      title: "type:failed",
      body: "disk [U+202E]full",
    });
    expect(notificationText({ event, reading, question: "" }, 4)).toEqual({
      title: "failed",
      body: "4 new. The newest: disk [U+202E]full",
    });
  });

  test("says something of a row without any text", () => {
    const empty = readEvent({ id: 8 }, "id");
    expect(notificationText({ event: empty, reading, question: "" }, 1)).toEqual({
      title: "New event",
      body: "Event 8",
    });
  });
});

/** A browser that shows no real notifications, and a tab that can be looked away from. */
const stage = (answer: NotificationPermission) => `
  window.isAway = false;
  window.asked = 0;
  window.shown = [];
  window.Notification = class extends EventTarget {
    static permission = "default";
    static async requestPermission() {
      window.asked++;
      return (window.Notification.permission = "${answer}");
    }
    constructor(title, { body, tag }) {
      super();
      Object.assign(this, { title, body, tag });
      window.shown.push(this);
    }
    close() { this.isClosed = true; }
  };
  Object.defineProperty(document, "visibilityState", { get: () => (window.isAway ? "hidden" : "visible") });
  document.hasFocus = () => !window.isAway;
  window.look = (isAway) => {
    window.isAway = isAway;
    document.dispatchEvent(new Event("visibilitychange"));
  };
`;
const title = (tab: Tab) => tab.evaluate<string>("document.title");
const untilTitle = (tab: Tab, expected: string) =>
  until(async () => (await title(tab)) === expected, `the title ${expected}`);
const shown = (tab: Tab) =>
  tab.evaluate<{ title: string; body: string }[]>("shown.map(({ title, body }) => ({ title, body }))");
const isPressed = (tab: Tab) =>
  tab.evaluate<boolean>("document.querySelector('#tell-me').getAttribute('aria-pressed') === 'true'");

describeInBrowser("a tab that nobody sees", () => {
  test("counts in its title what comes, until it is seen", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab({ before: stage("denied") });
    await board.writer.insert(2);
    await tab.untilRows([2, 1]);
    expect(await title(tab)).toBe("Tailboard");
    await tab.evaluate("look(true)");
    await board.writer.insert(3);
    await untilTitle(tab, "(3) Tailboard");
    await tab.evaluate("look(false)");
    await untilTitle(tab, "Tailboard");
    expect(await tab.evaluate("asked")).toBe(0);
    expect(tab.errors).toEqual([]);
  });
});

describeInBrowser("tell me", () => {
  test("asks on a click alone, and notifies of what matches while nobody looks", async () => {
    await using board = await Board.open();
    await board.writer.run(insertSql({ event_type: "failed" }));
    const tab = await board.openTab({ before: stage("granted") }, "?q=type:failed");
    await tab.untilText("#connection-status", "Connected");
    await tab.untilRows([1]);
    expect(await tab.evaluate("asked")).toBe(0);
    await tabTo(tab, "#tell-me");
    await press(tab, "Enter");
    await until(() => isPressed(tab), "the switch");
    await until(() => tab.evaluate("asked === 1"), "the question for permission");
    // Who looks sees it come.
    await board.writer.run(insertSql({ event_type: "failed", summary: "seen" }));
    await tab.untilRows([2, 1]);
    expect(await shown(tab)).toEqual([]);

    await tab.evaluate("look(true)");
    await board.writer.run(insertSql({ event_type: "done", summary: "no match" }));
    await board.writer.run(insertSql({ event_type: "failed", summary: "first" }));
    await until(async () => (await shown(tab)).length === 1, "a notification");
    expect(await shown(tab)).toEqual([{ title: "type:failed", body: "first" }]);
    await untilTitle(tab, "● 1 new – Tailboard");
    // Those that follow at once come together.
    await board.writer.run(insertSql({ event_type: "failed", summary: "second" }));
    await board.writer.run(insertSql({ event_type: "failed", summary: "third" }));
    await until(async () => (await shown(tab)).length === 2, "the next one", 15_000);
    expect((await shown(tab))[1]).toEqual({ title: "type:failed", body: "3 new. The newest: third" });
    expect(await tab.evaluate("shown[0].tag !== undefined && shown[0].tag === shown[1].tag")).toBe(true);
    await untilTitle(tab, "● 3 new – Tailboard");

    await tab.evaluate("shown[1].dispatchEvent(new Event('click'))");
    await tab.evaluate("look(false)");
    await untilTitle(tab, "Tailboard");
    expect(await tab.evaluate("shown[1].isClosed")).toBe(true);
    await tab.untilText("#detail", /third/);
    expect(tab.errors).toEqual([]);
  });

  test("is switched off again, and is remembered for the question alone", async () => {
    await using board = await Board.open();
    const tab = await board.openTab({ before: stage("granted") }, "?q=type:failed");
    await tab.untilText("#connection-status", "Connected");
    await tab.click("#tell-me");
    await until(() => isPressed(tab), "the switch");
    await tab.reload();
    await until(() => tab.evaluate("document.querySelector('#tell-me') !== null"), "the page");
    expect(await isPressed(tab)).toBe(true);
    await tab.click(".clear");
    await until(async () => !(await isPressed(tab)), "another question");
    await tab.evaluate("history.back()");
    await until(() => isPressed(tab), "the question again");
    await tab.click("#tell-me");
    await until(async () => !(await isPressed(tab)), "the switch to go off");
    await tab.untilText("#connection-status", "Connected");
    await tab.evaluate("look(true)");
    await board.writer.run(insertSql({ event_type: "failed" }));
    await untilTitle(tab, "(1) Tailboard");
    expect(await shown(tab)).toEqual([]);
    expect(tab.errors).toEqual([]);
  });

  test.each([
    ["refused", stage("denied"), /Allow them in its settings/],
    ["missing", `${stage("denied")}; delete window.Notification;`, /has no notifications/],
    [
      "not possible on plain HTTP",
      `${stage("granted")}; Object.defineProperty(window, "isSecureContext", { value: false });`,
      /HTTPS or on localhost/,
    ],
    [
      "left to a service worker",
      `${stage("granted")}; Notification.permission = "granted";
       window.Notification = Object.assign(function () { throw new TypeError("Illegal constructor"); }, Notification, { permission: "granted" });`,
      undefined,
    ],
  ])("where notifications are %s it says so, and marks the title all the same", async (_, before, advice) => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab({ before });
    await tab.click("#tell-me");
    await until(() => isPressed(tab), "the switch");
    if (advice !== undefined) await tab.untilText("#tell-me-advice", advice);
    await tab.evaluate("look(true)");
    await board.writer.insert(2);
    await untilTitle(tab, "● 2 new – Tailboard");
    if (advice === undefined) await tab.untilText("#tell-me-advice", /has no notifications/);
    expect(tab.errors).toEqual([]);
  });
});

describe.each(["light", "dark"] as const)("accessibility, %s", (scheme) => {
  describeInBrowser("axe finds nothing", () => {
    test("with the switch on and refused", async () => {
      await using board = await Board.open();
      const tab = await board.openConnectedTab({ scheme, before: stage("denied"), width: 360, height: 740 });
      await tab.click("#tell-me");
      await tab.untilText("#tell-me-advice", /Allow them/);
      expect(await axe(tab)).toEqual([]);
      expect(
        await tab.evaluate("document.documentElement.scrollWidth - window.innerWidth"),
      ).toBeLessThanOrEqual(0);
    });
  });
});

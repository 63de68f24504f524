/** The page in a real browser, served by the real server, its rows written by another process. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { rm } from "node:fs/promises";

import { schemaSql } from "../../src/db/sqlite/create.ts";
import type { EventList } from "../../src/events.ts";
import { badgeOf } from "../../src/web/event/badge.ts";
import { axe } from "../support/axe.ts";
import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, Tab } from "../support/browser.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

// A retry takes 5 s, and a busy machine longer: the conditions have their own, shorter limits.
setDefaultTimeout(TEST_TIMEOUT_MS);

/** The specification's limit for a reconnect, and what a loaded machine may add. */
const RECONNECT_MS = 5000 + 1000;

/** From an id down to an older one. */
const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, at) => from - at);

/** What Chromium itself logs when the server is away or refuses on purpose. The page can't prevent it. */
function unexpected({ errors }: Tab): string[] {
  return errors.filter(
    (error) =>
      !/^Failed to load resource: (net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|INTERNET_DISCONNECTED|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)|the server responded with a status of 503 \(Service Unavailable\)) http:\/\/127\.0\.0\.1:\d+\/(api\/|plot-)/.test(
        error,
      ),
  );
}

describeInBrowser("the event stream", () => {
  test("a row that another process inserts appears at the top", async () => {
    await using board = await Board.open();
    await board.writer.insert(2);
    const tab = await board.openConnectedTab();
    expect(await tab.rows()).toEqual(["2", "1"]);
    await board.writer.run(insertSql({ summary: "committed just now" }));
    await tab.untilRows([3, 2, 1]);
    expect(await tab.text("[data-event-id='3'] .summary")).toBe("committed just now");
    expect(await tab.evaluate("document.title")).toBe("Tailboard");
    expect(tab.errors).toEqual([]);
  });

  test("is one connection that stays, and no event is polled beside it", async () => {
    await using board = await Board.open();
    await board.writer.insert(3);
    const tab = await board.openConnectedTab();
    await board.writer.insert(5);
    await tab.untilRows(down(8, 1));
    const rounds = () => tab.requested("/api/status").length;
    const before = rounds();
    await until(() => rounds() >= before + 2, "two rounds of refresh()", 20_000);

    const { log } = await board.server.json<EventList>("/api/events");
    expect(tab.requests.filter(({ type }) => type === "EventSource").map(({ url }) => url)).toEqual([
      `${board.server.url}api/events/stream?lastEventId=3&log=${log}`,
    ]);
    expect(tab.requested("/api/events").filter((path) => !path.includes("/stream"))).toEqual([
      "/api/events?limit=50",
    ]);
    expect(tab.requests.filter(({ url }) => !url.startsWith(board.server.url))).toEqual([]);
    expect(await board.server.metric("tailboard_subscribers")).toBe(1);
    expect(tab.errors).toEqual([]);
  });

  test("reaches every tab alike", async () => {
    await using board = await Board.open();
    const tabs = [await board.openConnectedTab(), await board.openConnectedTab()];
    await board.writer.insert(20, 5);
    for (const tab of tabs) await tab.untilRows(down(20, 1));
    for (const tab of tabs) expect(tab.errors).toEqual([]);
  });

  test("at 2,000 events in a second the page keeps the newest 50", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab();
    const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
      INSERT INTO events(event_type, summary) SELECT 'burst', 'number ' || i FROM n`;
    await board.writer.run(many, { times: 20, gapMs: 50 });
    await tab.untilRows(down(2000, 1951));
    expect(tab.errors).toEqual([]);
  });
});

describeInBrowser("the table", () => {
  test("holds the newest 50: one in at the top, one out at the bottom", async () => {
    await using board = await Board.open();
    await board.writer.insert(60);
    const tab = await board.openConnectedTab();
    await tab.untilRows(down(60, 11));
    await board.writer.insert(1);
    await tab.untilRows(down(61, 12));
  });

  test("shows the time, the type, who did what to whom, and the metadata", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab();
    const today = new Date().toISOString().slice(0, 10);
    await board.writer.run(
      insertSql({
        timestamp: `${today} 05:06:07.089`,
        event_type: "task_failed",
        actor_id: "agent-12",
        target_id: "T-105",
        summary: "Migration failed",
        metadata: '{"error":"duplicate column","attempt":3}',
      }),
    );
    await tab.untilRows([1]);
    const row = "[data-event-id='1']";
    expect(await tab.text(`${row} .badge`)).toBe("task_failed");
    expect(await tab.evaluate(`document.querySelector("${row} .badge").className`)).toBe("badge failed");
    expect(await tab.text(`${row} .who`)).toMatch(/^agent-12\s*→\s*T-105$/);
    const arrow = `document.querySelector("${row} .arrow").getAttribute("aria-label")`;
    expect(await tab.evaluate(arrow)).toBe("to");
    expect(await tab.text(`${row} .summary`)).toBe("Migration failed");
    const labels = `[...document.querySelectorAll("${row} .label")].map((label) => label.textContent)`;
    expect(await tab.evaluate(labels)).toEqual(["attempt: 3", "error: duplicate column"]);
    expect(await tab.evaluate(`document.querySelector("${row} .label:last-child").className`)).toBe(
      "label failed",
    );

    const iso = `${today}T05:06:07.089Z`;
    const time = `document.querySelector("${row} time")`;
    expect(await tab.evaluate(`[${time}.title, ${time}.dateTime]`)).toEqual([
      `${iso}\nstored as ${today} 05:06:07.089`,
      iso,
    ]);
    const clock = `new Date("${iso}").toLocaleTimeString(undefined,
      { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 })`;
    expect(await tab.text(`${row} time`)).toBe(await tab.evaluate<string>(clock));
  });

  test("gives a type of one's own a hue of its own, in the page's style alone", async () => {
    await using board = await Board.open();
    await board.writer.run(insertSql({ event_type: "ledger_balanced" }));
    const tab = await board.openConnectedTab();
    const badge = `document.querySelector(".badge")`;
    expect(await tab.evaluate(`${badge}.className`)).toBe("badge hued");
    expect(await tab.evaluate(`${badge}.style.getPropertyValue("--hue")`)).toMatch(/^\d+$/);
    expect(await tab.evaluate(`getComputedStyle(${badge}).backgroundColor`)).not.toBe("rgba(0, 0, 0, 0)");
  });

  test("text of an event stays text, wherever it stands", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab();
    const markup = `<img src=/x onerror="window.pwned=1">"'><script>window.pwned=1</script><style>*{display:none}</style>`;
    await board.writer.run(
      insertSql({
        timestamp: markup,
        event_type: markup,
        actor_id: markup,
        target_id: markup,
        summary: markup,
        metadata: JSON.stringify({ [markup]: markup }),
      }),
    );
    await tab.untilRows([1]);
    const cells = await tab.evaluate<string[]>(
      `[...document.querySelectorAll("[data-event-id] td")].map((cell) => cell.textContent)`,
    );
    expect(cells).toHaveLength(4);
    for (const cell of cells) expect(cell).toContain(markup);
    const planted = `document.querySelectorAll("#app img, #app script, #app style, #app [onerror]").length`;
    expect(await tab.evaluate(planted)).toBe(0);
    expect(await tab.evaluate("window.pwned ?? null")).toBeNull();
    expect(tab.requested("/x")).toEqual([]);
    expect(tab.errors).toEqual([]);
  });

  test("follows a table of other columns, and shows what there is", async () => {
    await using board = await Board.open(
      "CREATE TABLE visits(id INTEGER PRIMARY KEY, colour TEXT, took REAL)",
      ["--table", "visits"],
    );
    const tab = await board.openConnectedTab();
    await board.writer.run("INSERT INTO visits(colour, took) VALUES ('pale red', 12.5)");
    await tab.untilRows([1]);
    expect(await tab.text("[data-event-id='1'] .what")).toMatch(/colour: pale red.*took: 12\.5/);
    expect(await tab.text(".source")).toContain("visits");
    // A column that no role fills would only take room.
    expect(await tab.evaluate("[...document.querySelectorAll('th')].map((th) => th.textContent)")).toEqual([
      "Values",
    ]);
    expect(tab.errors).toEqual([]);
  });

  test("A: a queue that gives an id again changes that row alone, without a notice or a request", async () => {
    await using board = await Board.open("CREATE TABLE events(id INTEGER PRIMARY KEY, summary TEXT)");
    const insert = (id: number, summary: string) => `INSERT INTO events VALUES (${id}, '${summary}')`;
    await board.writer.run([1, 2, 3].map((id) => insert(id, `row ${id}`)));
    const tab = await board.openConnectedTab();
    const asked = () => tab.requested("/api/events").length;
    const before = asked();
    for (let round = 1; round <= 5; round++) {
      await board.writer.run(["DELETE FROM events WHERE id = 3", insert(3, `round ${round}`)]);
      await tab.untilText("[data-event-id='3'] .what", new RegExp(`round ${round}`));
    }
    expect(await tab.rows()).toEqual(["3", "2", "1"]);
    expect(await tab.text("#notice")).toBeNull();
    expect(asked()).toBe(before);
  });

  test("G: a column that is renamed keeps its role in the page that is open", async () => {
    await using board = await Board.open();
    await board.writer.run(insertSql({ summary: "before" }));
    const tab = await board.openConnectedTab();
    await board.writer.run("ALTER TABLE events RENAME COLUMN summary TO message");
    await board.writer.run("ALTER TABLE events RENAME COLUMN timestamp TO created_at");
    await board.writer.run("INSERT INTO events(event_type, message) VALUES ('note', 'after')");
    await tab.untilText("[data-event-id='2'] .summary", "after");
    await tab.untilText("[data-event-id='1'] .summary", "before");
    expect(await tab.evaluate("document.querySelectorAll('[data-event-id] time').length")).toBe(2);
    await tab.untilText("#connection-status", "Connected");
    expect(tab.errors).toEqual([]);
  });

  test("ids beyond 2^53 are exact", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab();
    await board.writer.run(insertSql({ id: 9007199254740992 }));
    await board.writer.insert(2);
    await tab.untilRows(["9007199254740994", "9007199254740993", "9007199254740992"]);
  });

  test("while it is empty the page shows the INSERT to try, which works", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab();
    expect(await tab.text(".empty h2")).toBe("Nothing yet");
    const command = await tab.text(".empty code");
    expect(command).toStartWith(`sqlite3 ${board.path} "`);
    await board.writer.run(command?.slice(command.indexOf('"') + 1, -1) ?? "");
    await tab.untilRows([1]);
    expect(await tab.text(".empty h2")).toBeNull();
    expect(await tab.text("[data-event-id='1'] .summary")).toBe("world");
  });

  test("rows fade in, unless the reader wants no motion", async () => {
    await using board = await Board.open();
    await board.writer.insert(1);
    const countAnimations = `new MutationObserver(() => {
      window.animations = ["2", "3"].map((id) =>
        document.querySelector("[data-event-id='" + id + "']").getAnimations().length);
    }).observe(document.querySelector("[data-event-id]").parentElement, { childList: true })`;
    const tabs = [await board.openConnectedTab(), await board.openConnectedTab({ reducedMotion: true })];
    for (const tab of tabs) await tab.evaluate(countAnimations);
    await board.writer.run([insertSql({ summary: "one" }), insertSql({ summary: "two" })]);
    for (const tab of tabs) await tab.untilRows([3, 2, 1]);
    expect(await Promise.all(tabs.map((tab) => tab.evaluate("animations")))).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  test("fits a screen of 360 pixels, long words and all", async () => {
    await using board = await Board.open();
    const word = "averylongword".repeat(40);
    await board.writer.run(
      insertSql({
        event_type: word,
        actor_id: word,
        target_id: word,
        summary: word,
        metadata: `{"${word}":"${word}"}`,
      }),
    );
    const tab = await board.openConnectedTab({ width: 360, height: 740 });
    await tab.untilRows([1]);
    expect(
      await tab.evaluate("document.documentElement.scrollWidth - window.innerWidth"),
    ).toBeLessThanOrEqual(0);
  });
});

describeInBrowser("when the server goes away", () => {
  test("killed, it is polled for; started again, the page connects within 5 s and has every row once", async () => {
    await using board = await Board.open();
    await board.writer.insert(3);
    const tab = await board.openConnectedTab();
    await board.server.stop("SIGKILL");
    await tab.untilText("#connection-status", "Polling");
    expect(await tab.evaluate("tailboard.fallbackToPolling")).toBe(true);
    await tab.untilText("#problem", /can’t be reached/);
    expect(await tab.rows()).toEqual(["3", "2", "1"]);

    await board.writer.insert(17);
    await board.restart();
    await tab.untilText("#connection-status", "Connected", RECONNECT_MS);
    await tab.untilRows(down(20, 1));
    await tab.untilText("#notice", "Reconnected, 17 events caught up");
    expect(await tab.text("#problem")).toBeNull();
    await board.writer.insert(1);
    await tab.untilRows(down(21, 1));
    expect(unexpected(tab)).toEqual([]);
  });

  test("rows that are written all the time come through its restarts, each once", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab();
    const writing = board.writer.insert(40, 50);
    for (const signal of ["SIGKILL", "SIGTERM"] as const) {
      await board.server.stop(signal);
      await tab.untilText("#connection-status", "Polling");
      await board.restart();
      await tab.untilText("#connection-status", "Connected", RECONNECT_MS);
    }
    await writing;
    await tab.untilRows(down(40, 1));
    expect(unexpected(tab)).toEqual([]);
  });

  test("back with another database, the page says so and shows that one", async () => {
    await using board = await Board.open();
    await board.writer.insert(9);
    const tab = await board.openConnectedTab();
    await board.server.stop("SIGKILL");
    await board.writer[Symbol.asyncDispose]();
    for (const suffix of ["", "-wal", "-shm"]) await rm(board.path + suffix, { force: true });
    await using writer = new Writer(board.path);
    await writer.run(schemaSql("events"));
    await writer.run(insertSql({ summary: "of the new database" }));
    await board.restart();
    await tab.untilRows([1], 15_000);
    expect(await tab.text("[data-event-id='1'] .summary")).toBe("of the new database");
    expect(await tab.text("#notice")).toMatch(/another database|ends before/);
    await tab.untilText("#connection-status", "Connected");
    expect(unexpected(tab)).toEqual([]);
  });

  test("without a network the page polls, and connects when it is back", async () => {
    await using board = await Board.open();
    await board.writer.insert(1);
    const tab = await board.openConnectedTab();
    await tab.setOffline(true);
    // Before the next round of refresh(), which would notice too.
    await tab.untilText("#connection-status", "Polling", 3000);
    await board.writer.insert(2);
    await tab.setOffline(false);
    await tab.untilText("#connection-status", "Connected", RECONNECT_MS);
    await tab.untilRows([3, 2, 1]);
    expect(unexpected(tab)).toEqual([]);
  });
});

describeInBrowser("a browser without EventSource", () => {
  test("polls from the start, and shows the events all the same", async () => {
    await using board = await Board.open();
    await board.writer.insert(2);
    const tab = await board.openTab({ before: "delete window.EventSource" });
    await tab.untilText("#connection-status", "Polling");
    await tab.untilRows([2, 1]);
    await board.writer.insert(3);
    await tab.untilRows(down(5, 1));
    expect(tab.requested("/api/events/stream")).toEqual([]);
    expect(await tab.text("#next-try")).toBeNull();
    expect(tab.errors).toEqual([]);
  });
});

describeInBrowser("a database that is not there yet", () => {
  test("is named as the problem, and followed as soon as it is there", async () => {
    using scratch = new Scratch();
    const path = scratch.path("later.db");
    await using server = await Server.start([path]);
    await using tab = await Tab.open(server.url);
    await tab.untilText("#problem", /later\.db/);
    await tab.untilText("#connection-status", "Polling");

    await using writer = new Writer(path);
    await writer.run(schemaSql("events"));
    await writer.insert(2);
    await tab.untilRows([2, 1]);
    await tab.untilText("#connection-status", "Connected");
    await until(async () => (await tab.text("#problem")) === null, "the problem to go");
    expect(unexpected(tab)).toEqual([]);
  });
});

describe.each(["light", "dark"] as const)("accessibility, %s", (scheme) => {
  describeInBrowser("axe finds nothing", () => {
    test("in a full table, with every kind of badge and label", async () => {
      await using board = await Board.open();
      const kinds = Array.from({ length: 200 }, (_, at) => `kind-${at}`);
      const oneOfEachHue = [...new Map(kinds.map((kind) => [badgeOf(kind).hue, kind])).values()];
      expect(oneOfEachHue.length).toBeGreaterThan(10);
      const types = ["task_failed", "task_done", "task_queued", "task_started", ...oneOfEachHue];
      const metadata = '{"n":1,"error":"no"}';
      await board.writer.run(
        types.map((type) => insertSql({ event_type: type, actor_id: "a", target_id: "b", metadata })),
      );
      const tab = await board.openConnectedTab({ scheme });
      await tab.untilRows(down(types.length, 1));
      expect(await axe(tab)).toEqual([]);
    });

    test("in a row that is open, with every colour of a terminal", async () => {
      await using board = await Board.open();
      const colours = [
        30,
        31,
        32,
        33,
        34,
        35,
        36,
        37,
        "38;5;226",
        "38;2;255;255;255",
        "30;47",
        "97;41",
        "33;44",
      ];
      const summary = colours.map((colour) => `\u001B[${colour}mtext\u001B[0m`).join(" \u202E ");
      await board.writer.run(insertSql({ summary, metadata: `{"a":"${"line ".repeat(200)}"}` }));
      const tab = await board.openConnectedTab({ scheme });
      await tab.click(".opener");
      await tab.untilText("#detail .fields", /metadata/);
      expect(await axe(tab)).toEqual([]);
    });

    test("in an empty table, on a small screen", async () => {
      await using board = await Board.open();
      const tab = await board.openConnectedTab({ scheme, width: 360, height: 740 });
      expect(await axe(tab)).toEqual([]);
      await board.writer.insert(3);
      await tab.untilRows([3, 2, 1]);
      expect(await axe(tab)).toEqual([]);
    });

    test("while the server is away, and after", async () => {
      await using board = await Board.open();
      await board.writer.insert(2);
      const tab = await board.openConnectedTab({ scheme });
      await board.server.stop("SIGKILL");
      await tab.untilText("#problem", /can’t be reached/);
      expect(await axe(tab)).toEqual([]);
      await board.restart();
      await tab.untilText("#notice", /Reconnected/);
      expect(await axe(tab)).toEqual([]);
    });
  });
});

/** The log in a real browser: pause, the way back, and what the reader makes of its rows. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { axe } from "../support/axe.ts";
import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** Rows 1 to `count`, one a second up to now, each with a summary of its own. */
function fill(count: number): string {
  return `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
    INSERT INTO events(timestamp, event_type, actor_id, summary)
    SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || (${count} - i) || ' seconds'),
      iif(i % 10 = 0, 'job_failed', 'job_done'), 'agent-' || (i % 3), 'number ' || i || iif(i % 7 = 0, char(10) || 'and a second line', '')
    FROM n`;
}

async function openFilled(count: number): Promise<{ board: Board; tab: Tab } & AsyncDisposable> {
  const board = await Board.open();
  await board.writer.run(fill(count));
  const tab = await board.openConnectedTab();
  // They are drawn over several frames.
  await until(async () => (await tab.rows()).length === Math.min(count, 50), "the newest rows");
  return { board, tab, [Symbol.asyncDispose]: () => board[Symbol.asyncDispose]() };
}

const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

/** The ids of the rows that are in sight, from the top. */
const IN_SIGHT = `(() => {
  const heading = document.querySelector(".events th")?.getBoundingClientRect().bottom ?? 0;
  return [...document.querySelectorAll("[data-event-id]")].filter((row) => {
    const { top, bottom } = row.getBoundingClientRect();
    return bottom > heading && top < innerHeight && bottom > top;
  }).map((row) => Number(row.dataset.eventId));
})()`;

const inSight = (tab: Tab) => tab.evaluate<number[]>(IN_SIGHT);

/**
 * Scrolls step by step, as fast as the page draws, until an id is in sight or the view is live.
 * @returns all ids that were in sight; throws where a screen had a gap
 */
function walk(tab: Tab, pixels: number, goal: number | "live", gap = 1): Promise<number[]> {
  return tab.evaluate<number[]>(`(async () => {
    const seen = new Set();
    // A browser on a busy machine may leave frames out for a while: then time alone goes on.
    const frame = () => new Promise((done) => {
      requestAnimationFrame(() => requestAnimationFrame(done));
      setTimeout(done, 500);
    });
    const deadline = performance.now() + 45000;
    for (;;) {
      const ids = ${IN_SIGHT};
      for (const id of ids) seen.add(id);
      if (ids.some((id, at) => id !== ids[0] - at * ${gap})) throw new Error("a gap: " + ids);
      const isLive = document.querySelector(".log-view-state").textContent === "Live";
      if (${goal === "live" ? "isLive" : `ids.includes(${goal})`}) return [...seen];
      if (performance.now() > deadline) throw new Error("scrolled down to " + ids);
      scrollBy(0, ${pixels});
      await frame();
    }
  })()`);
}

const press = async (tab: Tab, key: string) => {
  await tab.evaluate(
    `document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: ${JSON.stringify(key)}, bubbles: true, cancelable: true }))`,
  );
};

describeInBrowser("pause", () => {
  test("keeps the rows, counts what comes, and shows it afterwards", async () => {
    await using opened = await openFilled(60);
    const { board, tab } = opened;
    await tab.click("#pause");
    await tab.untilText(".log-view-state", /^Paused since/);
    const before = await tab.rows();
    await board.writer.insert(3);
    await tab.untilText("#new-events", "3 new");
    expect(await tab.rows()).toEqual(before);
    await tab.click("#new-events");
    await until(async () => (await tab.rows())[0] === "63", "the newest row");
    expect(await tab.text("#new-events")).toBeNull();
    expect(await tab.text("#pause")).toBe("Pause");
    expect(tab.errors).toEqual([]);
  });

  test("no row moves under a pointer that is on its way to one", async () => {
    await using opened = await openFilled(60);
    const { board, tab } = opened;
    await tab.evaluate(`document.querySelector("[data-event-id='55']").dispatchEvent(
      new PointerEvent("pointermove", { bubbles: true, pointerType: "mouse", screenX: 5, screenY: 5 }))`);
    const before = await tab.rows();
    await board.writer.insert(1);
    await tab.untilText("#new-events", "1 new");
    expect(await tab.rows()).toEqual(before);
    await until(async () => (await tab.rows())[0] === "61", "the pointer to rest");
  });

  test("an open row keeps the others where they are, until it is closed", async () => {
    await using opened = await openFilled(60);
    const { board, tab } = opened;
    await tab.click("[data-event-id='58']");
    await tab.untilText("#detail", /number 58/);
    await board.writer.insert(2);
    await tab.untilText("#new-events", "2 new");
    expect((await tab.rows())[0]).toBe("60");
    await press(tab, "Escape");
    await until(async () => (await tab.rows())[0] === "62", "the newest row");
  });
});

describeInBrowser("the endless log", () => {
  test("scrolls from the newest row back to the first, without a gap, in a window of rows", async () => {
    await using opened = await openFilled(1150);
    const { tab } = opened;
    expect((await walk(tab, 400, 1)).toSorted((one, other) => one - other)).toEqual(upTo(1150));
    expect((await tab.rows()).length).toBeLessThan(150);
    expect(await tab.text("#log-end")).toBe("This is the first event.");
    expect(tab.errors).toEqual([]);
  });

  test("offers no older events where the table shows the first of them", async () => {
    await using opened = await openFilled(48);
    const { board, tab } = opened;
    await tab.untilText("#log-end", "This is the first event.");
    await board.writer.insert(2);
    await tab.untilText("[data-event-id='50']", /./);
    expect(await tab.text("#log-end")).toBe("This is the first event.");
    await tab.click("#pause");
    await tab.untilText("#log-end", "This is the first event.");
    await tab.click("#pause");
    await board.writer.insert(1);
    await tab.untilText("#log-end", "Older events");
    await tab.evaluate("document.querySelector('#older').click()");
    await tab.untilText("#log-end", "This is the first event.");
    expect((await tab.rows()).at(-1)).toBe("1");
    expect(tab.errors).toEqual([]);
  });

  test("offers none either below the first rows of a new log, or below all matches of a question", async () => {
    await using board = await Board.open();
    const tab = await board.openConnectedTab();
    await board.writer.insert(2);
    await tab.untilText("#log-end", "This is the first event.");
    await board.writer.run(fill(300));
    await tab.evaluate("tailboard.ask('number 299')");
    await tab.untilText("#log-end", "There are no older matches.");
    await tab.evaluate("tailboard.ask('')");
    await tab.untilText("#log-end", "Older events");
  });

  test("leads back up to the newest row, which is live again, with all that came meanwhile", async () => {
    await using opened = await openFilled(600);
    const { board, tab } = opened;
    await walk(tab, 400, 300);
    await tab.untilText(".log-view-state", /^History/);
    const sql = "INSERT INTO events(event_type, summary) VALUES ('x', 'meanwhile ' || hex(randomblob(8)))";
    await board.writer.run(sql, { times: 120 });
    await tab.untilText("#new-events", "120 new");
    const seen = new Set([...(await walk(tab, -300, "live")), ...(await inSight(tab))]);
    const missing = upTo(720)
      .slice(300)
      .filter((id) => !seen.has(id));
    expect(missing).toEqual([]);
    await board.writer.insert(1);
    await until(async () => (await tab.rows())[0] === "721", "a live row");
  });

  test("no row moves when others are loaded above it", async () => {
    await using opened = await openFilled(2000);
    const { tab } = opened;
    await tab.evaluate(`tailboard.log.showAround(1000n)`);
    await until(async () => (await inSight(tab)).includes(1000), "the event");
    await until(
      async () => !(await tab.evaluate<boolean>("document.querySelector('#older')?.disabled")),
      "the load",
    );
    const place = `document.querySelector("[data-event-id='1000']")?.getBoundingClientRect().top ?? -1`;
    const staysIn = (frames: number) => `(async () => {
      const before = ${place};
      for (let frame = 0; frame < ${frames}; frame++) await new Promise((done) => requestAnimationFrame(done));
      return (${place}) === before;
    })()`;
    // Two frames may pass before what was measured moves the window, and the rows around it come after that.
    await until(() => tab.evaluate<boolean>(staysIn(5)), "the rows to be measured");
    const before = await tab.evaluate<number>(place);
    await tab.evaluate("tailboard.log.loadNewer()");
    await tab.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    expect(Math.abs((await tab.evaluate<number>(place)) - before)).toBeLessThan(3);
  });

  test("a jump leads to its row, also where others come above it before the window is there", async () => {
    await using opened = await openFilled(2000);
    const { tab } = opened;
    for (const id of [1000, 400, 1500]) {
      await tab.evaluate(`(async () => {
        // Asked for before, so that they come in the frames in which the window goes to the row.
        const newer = await fetch("api/events?limit=100&after=${id + 49}");
        const { fetch: fetchNow } = window;
        window.fetch = (url, ...options) =>
          String(url).includes("after=${id + 49}&") || String(url).endsWith("after=${id + 49}") ? Promise.resolve(newer) : fetchNow(url, ...options);
        await tailboard.log.showAround(${id}n);
        await tailboard.log.loadNewer();
        window.fetch = fetchNow;
        for (let frame = 0; frame < 30; frame++) await new Promise((done) => requestAnimationFrame(done));
      })()`);
      expect(await inSight(tab)).toContain(id);
    }
  });

  test("a frame that scrolls to rows which are there draws no others, and those to come follow it", async () => {
    await using opened = await openFilled(2000);
    const { tab } = opened;
    await tab.evaluate(`tailboard.log.showAround(1000n)`);
    await until(async () => (await inSight(tab)).includes(1000), "the event");
    const drawn = await tab.evaluate<{ withIt: number; later: number }>(`(async () => {
      const isRow = (node) => node.dataset?.eventId !== undefined;
      const body = document.querySelector(".events tbody");
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      // Until nothing more is drawn around the event.
      for (let still = 0, rows = 0; still < 20; still = rows === body.rows.length ? still + 1 : 0, await frame())
        rows = body.rows.length;
      let [withIt, later] = [0, 0];
      new MutationObserver((records) => {
        later += records.flatMap(({ addedNodes }) => [...addedNodes]).filter(isRow).length;
      }).observe(body, { childList: true });
      // The frame tells of the scrolling first, and then asks those who wait for it.
      addEventListener("scroll", () => requestAnimationFrame(() => (withIt = later)), { once: true });
      scrollBy(0, 200);
      for (const deadline = performance.now() + 10000; later === 0 && performance.now() < deadline;) await frame();
      await frame();
      return { withIt, later };
    })()`);
    expect(drawn.withIt).toBe(0);
    expect(drawn.later).toBeGreaterThan(0);
  });

  test("no row moves when scrolling turns the live rows into history", async () => {
    await using opened = await openFilled(300);
    const { tab } = opened;
    const row = `document.querySelector("[data-event-id='290']")`;
    const top = () => tab.evaluate<number>(`${row}.getBoundingClientRect().top`);
    const before = await top();
    await tab.evaluate("scrollBy(0, 600)");
    await tab.untilText(".log-view-state", /^History/);
    const isInWindow = "document.querySelector('.events .room') !== null";
    await until(() => tab.evaluate<boolean>(isInWindow), "older rows, and those in sight alone in the page");
    expect(Math.abs(before - (await top()) - 600)).toBeLessThan(2);
  });

  test("goes back to live at once, however far the reader is", async () => {
    await using opened = await openFilled(600);
    const { tab } = opened;
    await tab.evaluate("tailboard.log.showOldest()");
    await until(async () => (await inSight(tab)).includes(1), "the first event");
    await tab.click("#back-to-live");
    await until(async () => (await inSight(tab))[0] === 600, "the newest row");
    await tab.untilText(".log-view-state", "Live");
  });

  test("jumps to an event whose id was pasted with the blanks around it", async () => {
    await using opened = await openFilled(400);
    const { tab } = opened;
    await tab.click("#jump");
    await tab.click("#jump-id");
    await tab.cdp("Input.insertText", { text: " 7\t" });
    await tab.click("#jump-menu form:nth-of-type(2) button");
    await until(async () => (await inSight(tab)).includes(7), "the event");
    expect(await tab.evaluate("document.querySelector('#jump-menu').matches(':popover-open')")).toBeFalse();
  });

  test("jumps to a time", async () => {
    await using opened = await openFilled(5000);
    const { tab } = opened;
    await tab.click("#jump");
    await tab.evaluate(`(() => {
      const at = new Date(Date.now() - 3000_000);
      const local = new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
      document.querySelector("#jump-time").value = local;
      document.querySelector("#jump-time").form.requestSubmit();
    })()`);
    const ids = await until(async () => {
      const found = await inSight(tab);
      return found.some((id) => id > 1900 && id < 2100) ? found : undefined;
    }, "rows of that time");
    expect(ids).toEqual(ids.map((_, at) => (ids[0] ?? 0) - at));
  });

  test("a link to an event opens it among its neighbours", async () => {
    await using board = await Board.open();
    await board.writer.run(fill(3000));
    const tab = await board.openTab(undefined, "?event=1234");
    await tab.untilText("#connection-status", "Connected");
    await tab.untilText("#detail", /number 1234/);
    await until(async () => (await inSight(tab)).includes(1234), "the event in the list");
    const ids = await inSight(tab);
    expect(ids).toContain(1235);
    expect(ids).toContain(1233);
    expect(tab.errors).toEqual([]);
  });

  test("is scrolled back with a question, too", async () => {
    await using board = await Board.open();
    await board.writer.run(fill(3000));
    const tab = await board.openTab(undefined, "?q=type:job_failed");
    await tab.untilText("#connection-status", "Connected");
    await until(async () => (await tab.rows()).length === 50, "the newest matches");
    expect(await walk(tab, 400, 10, 10)).toHaveLength(300);
    expect(await tab.text("#log-end")).toBe("There are no older matches.");
  });
});

describeInBrowser("the rows", () => {
  test("that say the same in a row are one line, which a click opens, and a switch", async () => {
    await using board = await Board.open();
    await board.writer.insert(5);
    await board.writer.run(insertSql({ summary: "another" }));
    const tab = await board.openConnectedTab();
    const visible = `[...document.querySelectorAll("[data-event-id]")].filter((row) => !row.hidden).map((row) => row.dataset.eventId)`;
    expect(await tab.evaluate(visible)).toEqual(["6", "5"]);
    expect(await tab.text("[data-event-id='5'] .fold")).toBe("× 5 the same in a row");
    await tab.click("[data-event-id='5'] .fold");
    await until(async () => (await tab.evaluate<string[]>(visible)).length === 6, "the fold to open");
    await tab.click("[data-event-id='5'] .fold");
    await until(async () => (await tab.evaluate<string[]>(visible)).length === 2, "the fold to close");
    await tab.click("#fold");
    await until(async () => (await tab.evaluate<string[]>(visible)).length === 6, "all rows");
    await tab.reload();
    await until(async () => (await tab.evaluate<string[]>(visible)).length === 6, "all rows again");
  });

  test("have the columns that the reader chooses, in that order, and the browser remembers it", async () => {
    await using opened = await openFilled(5);
    const { tab } = opened;
    const headings = `[...document.querySelectorAll("th")].map((each) => each.textContent)`;
    expect(await tab.evaluate(headings)).toEqual(["Time", "Type", "Actor → target", "Summary"]);
    await tab.click("#columns");
    const box = (name: string) =>
      `[...document.querySelectorAll("#columns-menu label")].find((label) => label.textContent === ${JSON.stringify(name)}).querySelector("input").click()`;
    await tab.evaluate(box("Time"));
    await tab.evaluate(box("target_type"));
    await tab.evaluate(`document.querySelector("[aria-label='Move target_type to the left']").click()`);
    const wanted = ["Type", "Actor → target", "target_type", "Summary"];
    await until(
      async () => JSON.stringify(await tab.evaluate(headings)) === JSON.stringify(wanted),
      "the columns",
    );
    await tab.reload();
    await tab.untilText("#connection-status", "Connected");
    await until(
      async () => JSON.stringify(await tab.evaluate(headings)) === JSON.stringify(wanted),
      "the columns",
    );
  });

  test("have the columns that another file at the same address has, whatever was chosen for this one", async () => {
    await using board = await Board.open(
      "CREATE TABLE events (id INTEGER PRIMARY KEY, timestamp TEXT, region TEXT)",
    );
    await board.writer.run("INSERT INTO events VALUES (1, '2026-11-25T10:00:00Z', 'north')");
    await using other = await Board.open();
    await other.writer.insert(2);
    const tab = await board.openConnectedTab();
    const headings = `[...document.querySelectorAll("th")].map((each) => each.textContent).join()`;
    await tab.click("#columns");
    const box = (name: string) =>
      `[...document.querySelectorAll("#columns-menu label")].find((label) => label.textContent === "${name}").querySelector("input").click()`;
    for (const name of ["region", "Values"]) await tab.evaluate(box(name));
    const untilHeadings = (wanted: string) =>
      until(async () => (await tab.evaluate(headings)) === wanted, wanted);
    await untilHeadings("Time,region");
    const { port } = board.server;
    await board.server[Symbol.asyncDispose]();
    board.server = await Server.start([other.path, "--port", String(port)]);
    await tab.reload();
    await tab.untilRows([2, 1]);
    await untilHeadings("Time,Type,Summary");
  });

  test("are divided where the reader last looked", async () => {
    await using opened = await openFilled(5);
    const { board, tab } = opened;
    const look = (state: string) =>
      tab.evaluate(`(() => {
        Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      })()`);
    await look("hidden");
    await board.writer.run([insertSql({ summary: "one" })]);
    await board.writer.run([insertSql({ summary: "two" })]);
    await tab.untilRows([7, 6, 5, 4, 3, 2, 1]);
    await look("visible");
    await tab.untilText(".divider", "New since you last looked");
    expect(
      await tab.evaluate(`document.querySelector(".divider").previousElementSibling.dataset.eventId`),
    ).toBe("6");
    await look("hidden");
    await look("visible");
    await until(async () => (await tab.text(".divider")) === null, "the divider to go");
  });

  test("a value under the pointer can be asked for, or all others", async () => {
    await using opened = await openFilled(30);
    const { tab } = opened;
    await tab.evaluate(`document.querySelector("[data-event-id='30'] .actor").dispatchEvent(
      new PointerEvent("pointerover", { bubbles: true, pointerType: "mouse" }))`);
    await tab.untilText(".value-filter", "✓✗");
    await tab.evaluate(`document.querySelector(".value-filter button:last-child").click()`);
    await tab.untilText(".chip code", "-actor:agent-0");
    expect(await tab.evaluate("location.search")).toBe("?q=-actor%3Aagent-0");
  });
});

describeInBrowser("accessibility", () => {
  test.each(["light", "dark"] as const)("axe finds nothing in the log, held and live, %s", async (scheme) => {
    await using board = await Board.open();
    await board.writer.run(fill(400));
    await board.writer.insert(3);
    const tab = await board.openConnectedTab({ scheme });
    await tab.click("#pause");
    await board.writer.insert(2);
    await tab.untilText("#new-events", "2 new");
    expect(await axe(tab)).toEqual([]);
    await tab.evaluate("tailboard.log.showAround(200n)");
    await until(async () => (await inSight(tab)).includes(200), "the event");
    expect(await axe(tab)).toEqual([]);
  });
});

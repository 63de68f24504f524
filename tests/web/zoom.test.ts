/** A zoom of the chart, and the way back: what the reader has written of the time is not lost. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { isZoomed, withoutZoom, zoomInto } from "../../src/web/statistics/zoom.ts";
import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const FROM = Date.UTC(2026, 10, 25, 10);
const TO = FROM + 60_000;
const PART = "since:2026-11-25T10:00:00Z until:2026-11-25T10:00:59Z";

const zoom = (question: string) => zoomInto(question, undefined, FROM, TO, "UTC");

describe("a zoom", () => {
  test("asks for a part of the time in place of the part that was asked for", () => {
    expect(zoom("since:10m type:task_created").zoomed).toBe(`type:task_created ${PART}`);
    expect(zoom("").zoomed).toBe(PART);
  });

  test("leads back to the question before it, letter by letter", () => {
    for (const before of ["since:10m type:task_created", "until:2026-11-25   a", "", "type:a"]) {
      const into = zoom(before);
      expect(isZoomed(into.zoomed, into)).toBeTrue();
      expect(withoutZoom(into.zoomed, into)).toBe(before);
    }
  });

  test("in a zoom leads back to the question before both", () => {
    const first = zoom("since:10m type:a");
    const second = zoomInto(first.zoomed, first, FROM + 10_000, TO - 10_000, "UTC");
    expect(withoutZoom(second.zoomed, second)).toBe("since:10m type:a");
  });

  test("keeps what was asked since, on the way back", () => {
    const into = zoom("since:10m type:a");
    expect(withoutZoom(`actor:ann ${into.zoomed}`, into)).toBe("actor:ann type:a since:10m");
  });

  test("is none where the reader has written a time", () => {
    for (const question of [
      "since:10m",
      "since:2026-11-25 until:2026-11-26",
      "until:2026-11-25T10:00:59Z",
      "type:a",
    ]) {
      expect(isZoomed(question, undefined)).toBeFalse();
      expect(isZoomed(question, zoom("type:b"))).toBeFalse();
      expect(withoutZoom(question, undefined)).toBe(question);
    }
  });

  test("that came with a link leads to the whole time", () => {
    expect(isZoomed(`type:a ${PART}`, undefined)).toBeTrue();
    expect(withoutZoom(`type:a ${PART}`, undefined)).toBe("type:a");
  });
});

const question = (tab: Tab) => tab.evaluate<string>("new URL(location.href).searchParams.get('q') ?? ''");

const untilQuestion = (tab: Tab, wanted: string | RegExp) =>
  until(async () => {
    const found = await question(tab);
    return typeof wanted === "string" ? found === wanted : wanted.test(found);
  }, `the question ${wanted}`);

async function drag(tab: Tab): Promise<void> {
  await until(() => tab.evaluate<boolean>("document.querySelector('#chart canvas') !== null"), "the canvas");
  const { left, top, width } = await tab.evaluate<{ left: number; top: number; width: number }>(
    "(({ left, top, width }) => ({ left, top, width }))(document.querySelector('#chart .u-over').getBoundingClientRect())",
  );
  for (const [type, part] of [
    ["mouseMoved", 0.2],
    ["mousePressed", 0.2],
    ["mouseMoved", 0.4],
    ["mouseMoved", 0.6],
    ["mouseReleased", 0.6],
  ] as const)
    await tab.cdp("Input.dispatchMouseEvent", {
      type,
      x: left + width * part,
      y: top + 30,
      button: "left",
      buttons: 1,
      clickCount: 1,
    });
}

const HOUR = ".window-switch button:nth-child(2)";

describeInBrowser("the chart", () => {
  test("leads back from a zoom to what the reader had written, also by another window", async () => {
    await using board = await Board.open();
    await board.writer.run([insertSql({ event_type: "task_created" }), insertSql({})]);
    const written = "since:10m type:task_created";
    const tab = await board.openTab({}, `?q=${encodeURIComponent(written)}`);
    await tab.untilText("#chart .chart-readout", /^1 event/);
    expect(await tab.text("#reset-zoom")).toBeNull();
    // The question says which part of the time is meant.
    expect(await tab.evaluate(`document.querySelector("${HOUR}").disabled`)).toBeTrue();
    await drag(tab);
    await untilQuestion(tab, /^type:task_created since:\S+Z until:\S+Z$/);
    await tab.click("#reset-zoom");
    await untilQuestion(tab, written);
    expect(await tab.text("#reset-zoom")).toBeNull();

    await tab.click(".clear");
    await tab.untilText("#chart .chart-readout", /^2 events/);
    await drag(tab);
    await untilQuestion(tab, /^since:\S+Z until:\S+Z$/);
    await tab.click(HOUR);
    await untilQuestion(tab, "");
    await tab.untilText("#chart .chart-readout", "2 events in the last hour");
    expect(tab.errors).toEqual([]);
  });
});

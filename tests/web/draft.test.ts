/** What is half written in the search box stays when another part of the page changes the question. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { draftAfter } from "../../src/web/draft.ts";
import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

describe("a text that is half written", () => {
  test.each<[draft: string, before: string, after: string, expected: string]>([
    // Nothing is half written: the box holds what is asked.
    ["type:a", "type:a", "", ""],
    ["", "", "type:a", "type:a"],
    [" type:a ", "type:a", "type:a actor:b", "type:a actor:b"],
    // A term is taken away, added, or takes the place of another one.
    ["type:a actor:x", "type:a", "", "actor:x"],
    ["type:a actor:x", "type:a", "type:a -target:y", "type:a actor:x -target:y"],
    ["actor:x", "type:a", "-type:a", "actor:x -type:a"],
    ["type:b mem", "type:a", "", "type:b mem"],
    ["type:a mem", "type:a", "type:c", "mem type:c"],
    ["mem type:c", "", "type:c", "mem type:c"],
    // What can't be read is left as it is, and stands at the end, because the quotation mark is open.
    ['type:a "out of', "type:a", "", '"out of'],
    ['-type:a x:"out of', "type:a", "", '-type:a x:"out of'],
    ['"out of', "", "actor:b", 'actor:b "out of'],
    ["type:a actor:", "type:a", "type:a -target:y", "-target:y type:a actor:"],
  ])("%j, when %j becomes %j", (draft, before, after, expected) => {
    expect(draftAfter(draft, before, after)).toBe(expected);
  });
});

const box = (tab: Tab) => tab.evaluate<string>("document.querySelector('#search').value");

async function write(tab: Tab, text: string): Promise<void> {
  await tab.evaluate("document.querySelector('#search').focus()");
  await tab.cdp("Input.insertText", { text });
}

describeInBrowser("what is half written in the search box", () => {
  test("stays when a chip is taken away, and when a value is asked for", async () => {
    await using board = await Board.open();
    await board.writer.run([
      insertSql({ event_type: "done", actor_id: "ann" }),
      insertSql({ event_type: "failed", actor_id: "ann" }),
    ]);
    const tab = await board.openTab({}, "?q=type:done");
    await tab.untilRows([1]);
    await write(tab, ' summary:"a');
    await tab.evaluate("document.querySelector('.chip button').click()");
    await tab.untilRows([2, 1]);
    expect(await box(tab)).toBe('summary:"a');
    await tab.evaluate("document.querySelector('.legend-entry').click()");
    await until(() => tab.evaluate<boolean>("location.search.includes('type')"), "the type to be asked for");
    expect(await box(tab)).toMatch(/^type:(?:done|failed) summary:"a$/);
    await tab.click("[data-event-id] .opener");
    await until(() => tab.evaluate<boolean>("document.querySelector('#detail .only') !== null"), "the event");
    await tab.evaluate("document.querySelector(`#detail .only[title^='Only actor_id']`).click()");
    await until(
      () => tab.evaluate<boolean>("location.search.includes('actor')"),
      "the actor to be asked for",
    );
    expect(await box(tab)).toMatch(/^actor:ann type:(?:done|failed) summary:"a$/);
    await tab.click(".clear");
    await tab.untilRows([2, 1]);
    expect(await box(tab)).toBe("");
    expect(tab.errors).toEqual([]);
  });
});

/** What the search box suggests, and how it is chosen. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { assert, nat, property, string } from "fast-check";

import { parseQuestion } from "../../src/query/parse.ts";
import { FIRST_READING } from "../../src/web/event/reading.ts";
import { knowledgeOf } from "../../src/web/suggest/knowledge.ts";
import { type Knowledge, suggestionsFor } from "../../src/web/suggest/suggestions.ts";
import { axe } from "../support/axe.ts";
import { Board, insertSql } from "../support/board.ts";
import { describeInBrowser, type Tab } from "../support/browser.ts";
import { DOCUMENTED_ROLES } from "../support/rows.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const KNOWLEDGE: Knowledge = {
  fields: [
    { text: "type", hint: "the column event_type", values: ["task_failed", "task_done", "note"] },
    { text: "actor", hint: "", values: ["Ann B.", 'the "boss"', "bob", "a,b"] },
    { text: "since", hint: "a time", values: ["15m", "1h", "24h"] },
    { text: "event_type", hint: "", values: ["task_failed"] },
    { text: "metadata.attempt", hint: "", values: ["1", "2"] },
    { text: "note", hint: "", values: ["one\ntwo"] },
    { text: '"a b"', hint: "", values: ["x"] },
  ],
};

/** @param marked a text with | where the cursor stands */
function suggested(marked: string) {
  const caret = marked.indexOf("|");
  return suggestionsFor(marked.replace("|", ""), caret, KNOWLEDGE);
}

const texts = (marked: string) => suggested(marked)?.items.map(({ text }) => text);

/** The text after the first suggestion was taken. */
function taken(marked: string): string | undefined {
  const found = suggested(marked);
  const [first] = found?.items ?? [];
  if (found === undefined || first === undefined) return undefined;
  const text = marked.replace("|", "");
  return text.slice(0, found.from) + first.text + text.slice(found.to);
}

describe("suggestions", () => {
  test("of fields are those that begin with what is written, and then those that have it inside", () => {
    expect(texts("ty|")).toEqual(["type:", "event_type:"]);
    expect(texts("x -TYP|")).toEqual(["type:", "event_type:"]);
    expect(texts("atte|")).toEqual(["metadata.attempt:"]);
    expect(texts("|")).toHaveLength(7);
    expect(texts("deploy|")).toBeUndefined();
  });

  test("of values are those of the field, quoted where it has to be", () => {
    expect(texts("type:|")).toEqual(["task_failed", "task_done", "note"]);
    expect(texts("type:DO|")).toEqual(["task_done"]);
    expect(texts("actor:|")).toEqual(['"Ann B."', '"the \\"boss\\""', "bob", '"a,b"']);
    expect(texts('actor:"ann |')).toEqual(['"Ann B."']);
    expect(texts('actor:"the \\"b|')).toEqual(['"the \\"boss\\""']);
    expect(texts("note:|")).toEqual([String.raw`"one\u{a}two"`]);
    expect(texts(String.raw`note:"one\u{A}|`)).toEqual([String.raw`"one\u{a}two"`]);
    expect(texts("Type:no|")).toEqual(["note"]);
    expect(texts('"a b":|')).toEqual(["x"]);
    expect(texts("since:|")).toEqual(["15m", "1h", "24h"]);
    expect(texts("other:|")).toBeUndefined();
    expect(texts("type:note|")).toBeUndefined();
  });

  test("are none in a phrase, a comparison and a range", () => {
    for (const text of [
      '"out of ty|',
      "metadata.attempt:>|",
      "metadata.attempt:1..|",
      "metadata.attempt:..|",
    ])
      expect(suggested(text)).toBeUndefined();
  });

  test("take the place of what is written around the cursor, and of nothing else", () => {
    expect(taken("x ty| y")).toBe("x type: y");
    expect(taken("-ty|")).toBe("-type:");
    expect(taken("ty|pe:note y")).toBe("type:note y");
    expect(taken("type:note,do|,x y")).toBe("type:note,task_done,x y");
    expect(taken('actor:"ann b|. x" y')).toBe('actor:"Ann B." y');
    expect(taken("type:ta|sk y")).toBe("type:task_failed y");
  });

  test("are a question when they are taken, whatever the value is, and wherever the cursor stands", () => {
    assert(
      property(string({ unit: "grapheme", minLength: 1 }), (value) => {
        const knowledge = { fields: [{ text: "type", hint: "", values: [value] }] };
        const [item] = suggestionsFor("type:", 5, knowledge)?.items ?? [];
        expect(parseQuestion(`type:${item?.text}`).terms).toMatchObject([
          { test: { kind: "any", values: [[value]] } },
        ]);
      }),
    );
    assert(
      property(string(), nat(), (text, place) => {
        const caret = place % (text.length + 1);
        const found = suggestionsFor(text, caret, KNOWLEDGE);
        if (found === undefined) return;
        expect(found.from).toBeLessThanOrEqual(caret);
        expect(found.to).toBeGreaterThanOrEqual(caret);
      }),
    );
  });
});

test("the page knows its fields from the roles, the columns, and the JSON of the rows that are shown", () => {
  const rows = [
    { event_type: "b", "odd name": 1, metadata: '{"error":{"code":"E1"},"a b":true,"list":[1]}' },
    { event_type: "b", "odd name": 2, metadata: "{ no json" },
    { event_type: "a", "odd name": 2, metadata: null },
  ];
  const events = rows.map((json, at) => ({ id: BigInt(at), json: { id: at, type: "other", ...json } }));
  const reading = { ...FIRST_READING, roles: DOCUMENTED_ROLES };
  const { fields } = knowledgeOf(events, reading, { type: ["c", "b"] });
  const valuesOf = (name: string) => fields.find(({ text }) => text === name)?.values;
  expect(valuesOf("type")).toEqual(["c", "b", "a"]);
  expect(valuesOf("event_type")).toEqual(["b", "a"]);
  expect(valuesOf('"odd name"')).toEqual(["2", "1"]);
  // A column that is called like a role and does not play it.
  expect(valuesOf('"type"')).toEqual(["other"]);
  expect(valuesOf("metadata.error.code")).toEqual(["E1"]);
  expect(valuesOf('metadata."a b"')).toEqual(["true"]);
  expect(valuesOf("metadata.list")).toEqual([]);
  expect(valuesOf("until")).toEqual(["15m", "1h", "24h"]);
});

/** Types like a person. */
async function type(tab: Tab, text: string): Promise<void> {
  await tab.cdp("Input.insertText", { text });
}

async function press(tab: Tab, key: string): Promise<void> {
  const code = { Enter: 13, Tab: 9, Escape: 27, ArrowDown: 40, ArrowUp: 38 }[key] ?? 0;
  const event = { key, code: key, windowsVirtualKeyCode: code, ...(key === "Enter" ? { text: "\r" } : {}) };
  await tab.cdp("Input.dispatchKeyEvent", { type: key === "Enter" ? "keyDown" : "rawKeyDown", ...event });
  await tab.cdp("Input.dispatchKeyEvent", { type: "keyUp", ...event });
}

const LIST = "#search-suggestions";
const value = (tab: Tab) => tab.evaluate<string>("document.querySelector('#search').value");
const chosen = (tab: Tab) =>
  tab.evaluate<string | null>(
    "document.getElementById(document.querySelector('#search').getAttribute('aria-activedescendant'))?.textContent ?? null",
  );

async function openBoard(): Promise<Board> {
  const board = await Board.open();
  for (const event_type of ["task_done", "task_failed", "task_done"])
    await board.writer.run(insertSql({ event_type, actor_id: "Ann B.", metadata: '{"attempt":7}' }));
  return board;
}

async function openTab(board: Board): Promise<Tab> {
  const tab = await board.openConnectedTab();
  await tab.untilText("#chart .chart-readout", /^3 events/);
  await tab.evaluate("document.querySelector('#search').focus()");
  return tab;
}

describeInBrowser("the suggestions of the search box", () => {
  test("are chosen with the arrow keys and taken with Enter and Tab, and then the question is asked", async () => {
    await using board = await openBoard();
    const tab = await openTab(board);
    expect(await tab.text(LIST)).toBeNull();
    await type(tab, "ty");
    await tab.untilText(LIST, /^type:the column event_type/);
    expect(await axe(tab)).toEqual([]);
    expect(await chosen(tab)).toBeNull();
    await press(tab, "ArrowDown");
    await until(async () => (await chosen(tab))?.startsWith("type:"), "the first to be chosen");
    await press(tab, "Enter");
    await tab.untilText(LIST, "task_donetask_failed");
    expect(await value(tab)).toBe("type:");
    await press(tab, "ArrowUp");
    await until(async () => (await chosen(tab)) === "task_failed", "the last to be chosen");
    expect(await axe(tab)).toEqual([]);
    await press(tab, "Tab");
    await until(async () => (await tab.text(LIST)) === null, "the list to close");
    expect(await value(tab)).toBe("type:task_failed");
    expect(await tab.evaluate("document.activeElement.id")).toBe("search");
    await press(tab, "Enter");
    await tab.untilRows([2]);
    expect(tab.errors).toEqual([]);
  });

  test("are in nobody's way: Enter asks what is written, and Escape closes the list alone", async () => {
    await using board = await openBoard();
    const tab = await openTab(board);
    await type(tab, "metadata.att");
    await tab.untilText(LIST, "metadata.attempt:");
    await press(tab, "Escape");
    await until(async () => (await tab.text(LIST)) === null, "the list to close");
    expect(await value(tab)).toBe("metadata.att");
    await type(tab, "empt:");
    await tab.untilText(LIST, "7");
    await type(tab, "8");
    await until(async () => (await tab.text(LIST)) === null, "nothing to be suggested");
    await press(tab, "Enter");
    await tab.untilText(".empty h2", "No match");
    await tab.click("#clear-search");
    await tab.untilRows([3, 2, 1]);
    await tab.evaluate("document.querySelector('#search').focus()");
    await type(tab, "task");
    await press(tab, "Enter");
    await until(() => tab.evaluate<boolean>("location.search === '?q=task'"), "the question in the address");
    expect(tab.errors).toEqual([]);
  });

  test("are offered in an empty box on request, and taken with the mouse", async () => {
    await using board = await openBoard();
    const tab = await openTab(board);
    await press(tab, "ArrowDown");
    await tab.untilText(LIST, /^type:.*actor:.*since:a time/);
    await tab.click(`${LIST} li:nth-child(2)`);
    await tab.untilText(LIST, '"Ann B."');
    await tab.click(`${LIST} li`);
    await until(async () => (await value(tab)) === 'actor:"Ann B."', "the value to be taken");
    await tab.evaluate("document.querySelector('#search').blur()");
    expect(await tab.text(LIST)).toBeNull();
  });
});

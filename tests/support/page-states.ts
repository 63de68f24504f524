/** The states of the page that somebody should look at: how to get into each, from a page that is connected. */
import type { Board } from "./board.ts";
import type { Tab } from "./browser.ts";
import { TROUBLED_JOB } from "./crew.ts";
import { press } from "./keys.ts";
import { until } from "./until.ts";

export interface PageState {
  /** Of the address, as in `?q=type:failed`. */
  readonly query?: string;
  readonly enter?: (tab: Tab, board: Board) => Promise<unknown>;
}

const question = (text: string) => `?q=${encodeURIComponent(text)}`;

const LONG_QUESTION =
  'type:task_failed actor:agent-cedar,agent-birch metadata.attempt:>=1 since:2h -target:job-1084 "sync the mirror" -heartbeat averylongwordwithoutanyspacesinittoseewhathappenstothechipsofthepage';

const opens = (selector: string) => (tab: Tab) =>
  until(
    () => tab.evaluate<boolean>(`document.querySelector("${selector}")?.checkVisibility() === true`),
    `${selector} to open`,
  );

const menu = (id: string) => async (tab: Tab) => {
  await tab.click(`#${id}`);
  await opens(`#${id}-menu`)(tab);
};

export const PAGE_STATES: Readonly<Record<string, PageState>> = {
  live: {},
  paused: {
    enter: async (tab, { writer }) => {
      await tab.click("#pause");
      await writer.insert(3);
      await tab.untilText("#new-events", "3 new");
    },
  },
  history: {
    enter: async (tab) => {
      await tab.evaluate("scrollTo(0, 3000)");
      await tab.untilText(".log-view-state", /^History/);
    },
  },
  detail: {
    enter: async (tab) => {
      const row = `[...document.querySelectorAll("[data-event-id]")].find((row) => /task_failed/.test(row.textContent))`;
      await until(() => tab.evaluate<boolean>(`${row} !== undefined`), "a task that failed");
      await tab.evaluate(`${row}.querySelector(".opener").click()`);
      await opens("#detail .fields")(tab);
    },
  },
  story: { query: `?story=${TROUBLED_JOB}`, enter: opens("#story .attempt") },
  "story-of-a-row": { query: `?story=${TROUBLED_JOB}&of=work_items`, enter: opens(".pane .row-fields") },
  problem: {
    enter: async (tab, board) => {
      await board.server.stop("SIGKILL");
      await tab.untilText("#problem", /can’t be reached/);
    },
  },
  help: {
    enter: async (tab) => {
      await press(tab, "?");
      await opens("#help")(tab);
    },
  },
  palette: {
    enter: async (tab) => {
      await press(tab, "k", { modifier: "control" });
      await opens("#palette")(tab);
    },
  },
  settings: { enter: menu("settings") },
  jump: { enter: menu("jump") },
  columns: { enter: menu("columns") },
  views: { enter: menu("views") },
  "no-match": { query: question("nothing-like-this"), enter: opens(".empty h2") },
  "long-question": { query: question(LONG_QUESTION), enter: opens(".chip") },
  "wrong-question": { query: question("colour:>=red since:yesterdayish"), enter: opens(".mistake") },
};

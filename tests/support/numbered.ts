/** A page over rows that are easy to tell apart: each says its number. */
import { Board } from "./board.ts";
import type { Tab } from "./browser.ts";
import { until } from "./until.ts";

export interface Numbered extends AsyncDisposable {
  readonly board: Board;
  readonly tab: Tab;
}

/** Rows 1 to `count`, every 90th of them a failure. */
export const numberedSql = (
  count: number,
) => `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
  INSERT INTO events(event_type, actor_id, target_id, summary)
  SELECT iif(i % 90 = 0, 'job_failed', 'job_done'), 'agent-' || (i % 3), 'job-' || (i % 5), 'number ' || i FROM n`;

/** @param query of the address, as in `?event=7` */
export async function openNumbered(count: number, query = ""): Promise<Numbered> {
  const board = await Board.open();
  await board.writer.run(numberedSql(count));
  const tab = await board.openTab({}, query);
  await tab.untilText("#connection-status", "Connected");
  return { board, tab, [Symbol.asyncDispose]: () => board[Symbol.asyncDispose]() };
}

/** The ids of the rows that are marked as the one the keyboard is at, in one text. */
export const selected = (tab: Tab) =>
  tab.evaluate<string>(
    `[...document.querySelectorAll("tr.selected")].map((row) => row.dataset.eventId).join(" ")`,
  );

/** Until this row is the keyboard's, and no other one is. */
export const untilSelected = (tab: Tab, id: number) =>
  until(async () => (await selected(tab)) === String(id), `row ${id} to be selected`);

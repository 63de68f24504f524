/** Which rows of a panel are quiet for longer than their siblings keep. */
import { badgeOf } from "../event/badge.ts";
import { instantIn } from "./instant-in.ts";
import { describeValue, type PanelRow } from "./panel-row.ts";
import type { Panel } from "./panel.ts";
import { lateOnes } from "./quiet.ts";

/** The keys of the rows that are late. What is done owes nobody a sign of life. */
export function lateRows(
  { table, layout }: Panel,
  rows: readonly PanelRow[],
  timeZone: string,
  nowMs: number,
): ReadonlySet<string> {
  const { lastSeen, status } = layout;
  if (lastSeen === undefined) return new Set();
  const column = table.columns.find(({ name }) => name === lastSeen);
  const alive = rows.flatMap((row) => {
    const ms = instantIn(row.json[lastSeen], column, timeZone);
    return ms === undefined || isDone(row, status) ? [] : [{ key: row.key, age: nowMs - ms }];
  });
  const late = lateOnes(alive.map(({ age }) => age));
  return new Set(alive.filter((_, at) => late[at] === true).map(({ key }) => key));
}

export function isDone({ json }: PanelRow, status: string | undefined): boolean {
  return status !== undefined && badgeOf(describeValue(json, status)).tone === "done";
}

/**
 * What of the log the reader looks at, as one machine: the newest rows as they come, or rows that stay where they are.
 * Only `stepView` changes it.
 */

export type LogView =
  /** The newest rows, as they come. */
  | { readonly name: "live" }
  /** Rows that stay where they are, since this instant in ms since 1970. What comes meanwhile is counted. */
  | { readonly name: "held"; readonly why: HoldReason; readonly sinceMs: number };

export type HoldReason =
  /** The pointer moves over the rows: a click must hit the row that it was meant for. */
  | "pointer"
  /** A row is open, or selected by the keyboard. */
  | "row"
  /** The reader has scrolled down. */
  | "scroll"
  /** The reader has asked for a time, for an event, or for the beginning of the log. */
  | "jump"
  /** The reader has asked for a pause. */
  | "pause";

export type ViewEvent =
  | { readonly name: "hold"; readonly why: HoldReason }
  | "pointer-left"
  | "row-closed"
  /** The reader has scrolled up to the newest row that there is. */
  | "top-reached"
  | "resume"
  /** The rows mean nothing any longer: another log, or another question. */
  | "reset";

export const LIVE: LogView = { name: "live" };

/** Whether the reader has left the newest rows. A pointer that passes over them has not. */
export function isLeft(view: LogView): boolean {
  return view.name === "held" && view.why !== "pointer";
}

/** What ends a hold may end those that weigh the same. A jump leads elsewhere, so it replaces a pause. */
const WEIGHT: Readonly<Record<HoldReason, number>> = { pointer: 0, row: 1, scroll: 2, jump: 3, pause: 3 };

const ENDED_BY: Readonly<Record<"pointer-left" | "row-closed" | "top-reached", readonly HoldReason[]>> = {
  "pointer-left": ["pointer"],
  "row-closed": ["row"],
  "top-reached": ["scroll", "jump"],
};

/** @param nowMs in ms since 1970 */
export function stepView(view: LogView, event: ViewEvent, nowMs: number): LogView {
  if (event === "resume" || event === "reset") return LIVE;
  if (typeof event === "string")
    return view.name === "held" && ENDED_BY[event].includes(view.why) ? LIVE : view;
  const { why } = event;
  if (view.name === "live") return { name: "held", why, sinceMs: nowMs };
  const isWeightier = WEIGHT[why] > WEIGHT[view.why] || why === "jump";
  return isWeightier ? { ...view, why } : view;
}

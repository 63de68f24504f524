/** Which event is open beside the list: one state at a time, and one function that leads from one to the next. */
import type { EventJson } from "../../events.ts";
import type { LogEvent } from "../event/event.ts";
import { truncatedColumns } from "../event/names.ts";

/** Of an event: are the values there that were too large for the list? */
export type Rest = "whole" | "loading" | { readonly why: string };

export type Opened =
  | { readonly name: "closed" }
  /** It is not in the list. */
  | { readonly name: "loading"; readonly id: bigint }
  | { readonly name: "open"; readonly event: LogEvent; readonly rest: Rest }
  | { readonly name: "failed"; readonly id: bigint; readonly why: string; readonly advice: string };

export type OpenedChange =
  /** `listed`: as the list has it. */
  | { readonly name: "open"; readonly id: bigint; readonly listed: LogEvent | undefined }
  | { readonly name: "loaded"; readonly id: bigint; readonly json: EventJson }
  | { readonly name: "failed"; readonly id: bigint; readonly why: string; readonly advice: string }
  | { readonly name: "close" };

export const CLOSED: Opened = { name: "closed" };

/** Where something has to be loaded is said by the state: see `isLoading`. */
export function step(opened: Opened, change: OpenedChange): Opened {
  switch (change.name) {
    case "close":
      return CLOSED;
    case "open": {
      const { id, listed } = change;
      if (listed === undefined) return { name: "loading", id };
      const isCut = truncatedColumns(listed.json).length > 0;
      return { name: "open", event: listed, rest: isCut ? "loading" : "whole" };
    }
    case "loaded": {
      const { id, json } = change;
      if (!isLoading(opened) || openedId(opened) !== id) return opened;
      // What the list says about the row, and the row alone does not.
      const names = opened.name === "open" ? { $names: opened.event.json["$names"] } : {};
      return { name: "open", event: { id, json: { ...names, ...json } }, rest: "whole" };
    }
    case "failed": {
      const { id, why, advice } = change;
      if (!isLoading(opened) || openedId(opened) !== id) return opened;
      if (opened.name === "open") return { ...opened, rest: { why: `${why} ${advice}` } };
      return { name: "failed", id, why, advice };
    }
  }
}

export function isLoading(opened: Opened): boolean {
  return opened.name === "loading" || (opened.name === "open" && opened.rest === "loading");
}

/** Undefined while nothing is open. */
export function openedId(opened: Opened): bigint | undefined {
  if (opened.name === "closed") return undefined;
  return opened.name === "open" ? opened.event.id : opened.id;
}

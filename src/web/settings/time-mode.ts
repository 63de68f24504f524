/** How the page writes times. */
import type { Signal } from "@preact/signals";

import { rememberedChoice } from "./remembered-choice.ts";

export const TIME_MODES = ["local", "utc", "relative"] as const;

export type TimeMode = (typeof TIME_MODES)[number];

export const TIME_MODE_WORDS: Readonly<Record<TimeMode, string>> = {
  local: "Local time",
  utc: "UTC",
  relative: "Relative",
};

export function rememberedTimeMode(): Signal<TimeMode> {
  return rememberedChoice("tailboard.time", TIME_MODES, "local");
}

/** What the switch in the bar goes to. */
export function nextTimeMode(mode: TimeMode): TimeMode {
  return TIME_MODES[(TIME_MODES.indexOf(mode) + 1) % TIME_MODES.length] ?? "local";
}

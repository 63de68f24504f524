/** How wide the pane beside the list is, in rem. The browser remembers it. */
import { readPreference, writePreference } from "../preference.ts";

/** A field and its buttons fit beside each other; beyond it the list has too little room. */
export const MIN_WIDTH = 26;
export const MAX_WIDTH = 38;
const DEFAULT_WIDTH = 30;

const PREFERENCE = "tailboard.detail-width";

export function rememberedWidth(): number {
  const remembered = Number(readPreference(PREFERENCE) ?? Number.NaN);
  return Number.isFinite(remembered) ? withinLimits(remembered) : DEFAULT_WIDTH;
}

/** @returns the width that it has then */
export function rememberWidth(width: number): number {
  const next = withinLimits(width);
  writePreference(PREFERENCE, String(next));
  return next;
}

export function withinLimits(width: number): number {
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, Math.round(width * 10) / 10));
}

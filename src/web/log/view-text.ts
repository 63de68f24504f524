/** What the reader looks at, in words. */
import type { Clock } from "../time/clock.ts";
import type { LogView } from "./view.ts";

interface Sight {
  readonly view: LogView;
  /** Whether the rows are those of another question or another log. */
  readonly isStale: boolean;
  /** Whether rows that are committed come into the page. */
  readonly isFollowing: boolean;
}

export function sightText({ view, isStale, isFollowing }: Sight, clock: Clock): string {
  if (isStale) return "Waiting for the rows";
  if (!isFollowing && isLive(view)) return "The newest rows, as they were";
  return viewText(view, clock);
}

export function viewText(view: LogView, clock: Clock): string {
  if (view.name === "live" || isLive(view)) return "Live";
  const since = clock.read(view.sinceMs);
  // Milliseconds of a pause tell nobody anything.
  const at = [since.day, since.clock.replace(/[.,]\d{3}/, "")].filter(Boolean).join(" ");
  return view.why === "scroll" || view.why === "jump" ? `History, left live at ${at}` : `Paused since ${at}`;
}

/** A pointer that moves over the rows holds them for a moment only. */
function isLive(view: LogView): boolean {
  return view.name === "live" || view.why === "pointer";
}

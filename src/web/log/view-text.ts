/** What the reader looks at, in words. */
import type { Clock } from "../time/clock.ts";
import type { LogView } from "./view.ts";

export function viewText(view: LogView, clock: Clock): string {
  if (view.name === "live" || view.why === "pointer") return "Live";
  const since = clock.read(view.sinceMs);
  // Milliseconds of a pause tell nobody anything.
  const at = [since.day, since.clock.replace(/[.,]\d{3}/, "")].filter(Boolean).join(" ");
  return view.why === "scroll" || view.why === "jump" ? `History, left live at ${at}` : `Paused since ${at}`;
}

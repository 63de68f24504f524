/** What lies over the page. One thing at a time. */
import type { Signal } from "@preact/signals";

import type { Command } from "./command.ts";

/** A new object each time that something is opened: what is closed may be opened again before it says so. */
export interface Overlay {
  readonly name: "help" | "palette";
}

export type OverlaySignal = Signal<Overlay | undefined>;

/** The palette does not offer to open itself. */
export const PALETTE_TITLE = "Find a command";

export function overlayCommands(overlay: OverlaySignal): Command[] {
  const open = (name: Overlay["name"]) => () => {
    overlay.value = { name };
  };
  return [
    { title: PALETTE_TITLE, group: "Page", keys: ["Control+k", "Meta+k"], run: open("palette") },
    { title: "Show what the keys do", group: "Page", keys: ["?"], run: open("help") },
  ];
}

/** To be called when one was closed: by then its last act may have opened another one. */
export function closed(overlay: OverlaySignal, opening: Overlay | undefined): void {
  if (overlay.peek() === opening) overlay.value = undefined;
}

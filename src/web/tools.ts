/** What the reader has at hand beside the rows: the keys, the theme, the views that were saved, and what to be told. */
import type { ReadonlySignal, Signal } from "@preact/signals";

import type { Command } from "./commands/command.ts";
import type { OverlaySignal } from "./commands/overlay.ts";
import type { Log } from "./log/log.ts";
import type { Panels } from "./panels/panels.ts";
import type { SavedViews } from "./saved-views/saved-views.ts";
import type { Theme } from "./settings/theme.ts";
import type { Statistics } from "./statistics/statistics.ts";
import type { Story } from "./story/story.ts";
import type { TellMe } from "./tell-me/tell-me.ts";

export interface Tools {
  /** The way back through the log. */
  readonly log: Log;
  /** What the chart, the actors and the suggestions are made of. */
  readonly statistics: Statistics;
  readonly panels: Panels;
  readonly story: Story;
  readonly views: SavedViews;
  readonly tellMe: TellMe;
  readonly theme: Signal<Theme>;
  /** The help or the palette, where one of them lies over the page. */
  readonly overlay: OverlaySignal;
  /** All that the keys and the palette can do. */
  readonly commands: ReadonlySignal<readonly Command[]>;
}

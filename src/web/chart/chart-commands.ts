/** What can be done with the chart, for the palette. Nothing where no column tells the time: then there is no chart. */
import type { Command } from "../commands/command.ts";
import { WINDOWS } from "../statistics/windows.ts";
import { isThere, pressButton } from "../views/press.ts";

export function chartCommands(): Command[] {
  return [
    ...WINDOWS.map(({ words }, at) =>
      command(
        `Show the last ${words} in the chart`,
        `#chart .window-switch button:nth-child(${at + 1}):enabled`,
      ),
    ),
    command("Reset the zoom of the chart", "#reset-zoom"),
    command("Show the chart", "#toggle-chart[aria-expanded='false']"),
    command("Hide the chart", "#toggle-chart[aria-expanded='true']"),
  ];
}

/** @param button that does it; while it is not in the page, the command is not possible */
function command(title: string, button: string): Command {
  return {
    title,
    group: "View",
    keys: [],
    run: () => pressButton(button),
    isEnabled: () => isThere(button),
  };
}

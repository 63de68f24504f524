/** How the page looks, for the palette. */
import type { Signal } from "@preact/signals";

import type { Command } from "../commands/command.ts";
import { type Theme, THEMES } from "./theme.ts";
import { TIME_MODES, type TimeMode } from "./time-mode.ts";

const THEME_TITLES: Readonly<Record<Theme, string>> = {
  system: "Switch to the theme of the system",
  light: "Switch to the light theme",
  dark: "Switch to the dark theme",
};

const TIME_TITLES: Readonly<Record<TimeMode, string>> = {
  local: "Show local times",
  utc: "Show times in UTC",
  relative: "Show how long ago events were",
};

export function settingsCommands(theme: Signal<Theme>, timeMode: Signal<TimeMode>): Command[] {
  return [...commandsOf(theme, THEMES, THEME_TITLES), ...commandsOf(timeMode, TIME_MODES, TIME_TITLES)];
}

function commandsOf<T extends string>(
  choice: Signal<T>,
  choices: readonly T[],
  titles: Readonly<Record<T, string>>,
): Command[] {
  return choices.map((each) => ({
    title: titles[each],
    group: "View",
    keys: [],
    run: () => {
      choice.value = each;
    },
    isEnabled: () => choice.peek() !== each,
  }));
}

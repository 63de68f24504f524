/** Light or dark. The stylesheet follows the attribute `data-theme` of the root, and the system where there is none. */
import { effect, type Signal } from "@preact/signals";

import { rememberedChoice } from "./remembered-choice.ts";

export const THEMES = ["system", "light", "dark"] as const;

export type Theme = (typeof THEMES)[number];

export const THEME_WORDS: Readonly<Record<Theme, string>> = {
  system: "System",
  light: "Light",
  dark: "Dark",
};

/** The colours around the page on a phone, as `--surface` has them. */
const SURFACES = { light: "#ffffff", dark: "#14181f" } as const;

/** Puts the theme in force that the reader chose, and every later one. Call it before anything is drawn. */
export function rememberedTheme(): Signal<Theme> {
  const theme = rememberedChoice("tailboard.theme", THEMES, "system");
  effect(() => show(theme.value));
  return theme;
}

function show(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset["theme"];
  else dataset["theme"] = theme;
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name='theme-color']")) {
    const ofSystem = meta.media.includes("dark") ? "dark" : "light";
    meta.content = SURFACES[theme === "system" ? ofSystem : theme];
  }
}

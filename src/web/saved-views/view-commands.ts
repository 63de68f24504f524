/** The saved views, and how one is saved, for the palette. */
import type { Actions } from "../actions.ts";
import type { Command } from "../commands/command.ts";
import { isThere, openMenu } from "../views/press.ts";
import type { SavedView } from "./saved-view.ts";

export function viewCommands(views: readonly SavedView[], { ask }: Pick<Actions, "ask">): Command[] {
  const save: Command = {
    title: "Save this search as a view",
    group: "Search",
    keys: [],
    run: () => openMenu("views", NAME),
    isEnabled: () => isThere(NAME),
  };
  const open = views.map(({ name, question }): Command => ({
    title: `Open the view ${name}`,
    group: "Search",
    keys: [],
    run: () => ask(question),
  }));
  return [save, ...open];
}

/** The name of a view that is saved; only where something is asked. */
const NAME = "#view-name";

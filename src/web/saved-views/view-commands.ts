/** The saved views, for the palette. */
import type { Actions } from "../actions.ts";
import type { Command } from "../commands/command.ts";
import type { SavedView } from "./saved-view.ts";

export function viewCommands(views: readonly SavedView[], { ask }: Pick<Actions, "ask">): Command[] {
  return views.map(({ name, question }) => ({
    title: `Open the view ${name}`,
    group: "Search",
    keys: [],
    run: () => ask(question),
  }));
}

/** The switch for the question that is asked, for the palette. */
import type { Command } from "../commands/command.ts";
import type { TellMe } from "./tell-me.ts";

export function tellMeCommands({ isOn, toggle }: TellMe): Command[] {
  const command = (title: string, wasOn: boolean): Command => ({
    title,
    group: "Search",
    keys: [],
    run: () => void toggle(),
    isEnabled: () => isOn.peek() === wasOn,
  });
  return [command("Tell me when a row matches", false), command("Tell me no longer", true)];
}

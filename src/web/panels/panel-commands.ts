/** Which of the other tables are shown, for the palette. */
import type { Command } from "../commands/command.ts";
import type { Panels } from "./panels.ts";

export function panelCommands({ tables, isOpen, setOpen }: Panels): Command[] {
  return tables.value.map((table) => ({
    title: `${isOpen(table) ? "Hide" : "Show"} the table ${table.name}`,
    group: "View",
    keys: [],
    run: () => setOpen(table, !isOpen(table)),
  }));
}

/** What can be done from the keyboard: the keys, the help and the command palette all read one list. */

export interface Command {
  /** What it does, as in `Open the search box`. */
  readonly title: string;
  /** Under which heading the help shows it. */
  readonly group: CommandGroup;
  /** As `KeyboardEvent.key` has them; any of them runs it. None where only the palette does. */
  readonly keys: readonly string[];
  readonly run: () => void;
}

export type CommandGroup = "Rows" | "Search" | "View" | "Page";

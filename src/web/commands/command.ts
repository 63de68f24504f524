/** What can be done from the keyboard: the keys, the help and the command palette all read one list. */

export interface Command {
  /** What it does, as in `Go to the search box`. No two commands have the same title. */
  readonly title: string;
  /** Under which heading the help shows it. */
  readonly group: CommandGroup;
  /**
   * As `KeyboardEvent.key` has them, so `G` is Shift with g; any of them runs it. `Control+k` and `Meta+k` name the
   * key that is held with it. None where only the palette runs it.
   */
  readonly keys: readonly string[];
  readonly run: () => void;
  /** It can be left out where the command is always possible. Where it is not, its keys are left to the browser. */
  readonly isEnabled?: () => boolean;
  /** Whether it runs again and again while its key is held down, as for a step to the next row. */
  readonly repeats?: boolean;
}

export const COMMAND_GROUPS = ["Rows", "Search", "View", "Page"] as const;

export type CommandGroup = (typeof COMMAND_GROUPS)[number];

export function isEnabled(command: Command): boolean {
  return command.isEnabled?.() ?? true;
}

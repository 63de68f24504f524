/** The text of `--help`, of Tailboard and of each command. */
import { COMMAND_TABLE, type CommandName, isPositional, type OptionRow, optionsOf } from "./option-table.ts";

/** The exit statuses of the commands that have some of their own. */
const STATUSES: Readonly<Partial<Record<CommandName, readonly string[]>>> = {
  wait: [
    "0  the events came; with --silence: none came",
    "3  the time was over; with --silence: an event came",
    "1  something failed    2  a wrong option",
  ],
};

/**
 * @param command undefined where none was named
 */
export function helpText(version: string, command: CommandName | undefined): string {
  const row = COMMAND_TABLE.find(({ name }) => name === command) ?? COMMAND_TABLE[0];
  const usage = command === undefined ? "[serve]" : command;
  return [
    `Tailboard ${version}: a live dashboard and event stream for the events table of a SQLite file`,
    "",
    `    tailboard ${usage} ${row.synopsis}`,
    ...(command === undefined ? otherCommands() : ["", `  ${row.meaning}`]),
    "",
    ...inColumns(optionsOf(row.name).map(describe)),
    ...(STATUSES[row.name] === undefined ? [] : ["", "exit status:", ...indented(STATUSES[row.name] ?? [])]),
    "",
    "From a checkout, tailboard is bun src/server.ts.",
  ].join("\n");
}

function otherCommands(): string[] {
  return [
    ...COMMAND_TABLE.slice(1).map(({ name, synopsis }) => `    tailboard ${name} ${synopsis}`),
    "",
    ...inColumns(COMMAND_TABLE.map(({ name, meaning }) => [name, meaning])),
    "",
    "tailboard COMMAND --help has the options of the others; those of serve:",
  ];
}

function describe(row: OptionRow): readonly [string, string] {
  const value = row.choices === undefined ? row.value : "[SHAPE]";
  const flag = row.short === undefined ? row.flag : `${row.short}, ${row.flag}`;
  const left = isPositional(row) || value === undefined ? flag : `${flag} ${value}`;
  const byDefault = row.default ?? row.defaultInWords;
  const notes = [byDefault && `default ${byDefault}`, row.environment && `or ${row.environment}`].filter(
    Boolean,
  );
  return [left, notes.length > 0 ? `${row.meaning} (${notes.join("; ")})` : row.meaning];
}

function inColumns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

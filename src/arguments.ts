/** The words of the command line: which command, and what was given of its options. */
import { unlikeness } from "./columns/similar-names.ts";
import {
  COMMAND_TABLE,
  type CommandName,
  type Flag,
  isPositional,
  OPTION_TABLE,
  type OptionRow,
  optionsOf,
} from "./option-table.ts";
import { withoutUrlPassword } from "./postgres-url.ts";
import { UsageError } from "./usage-error.ts";

/** What was given: the text of each option, empty for a switch. */
export interface Arguments {
  /** Undefined where none was named, which means `serve`. */
  readonly command: CommandName | undefined;
  readonly given: ReadonlyMap<Flag, string>;
}

/** More slips than this, and a word is no misspelt command or option. */
const MAX_UNLIKENESS = 3;

/**
 * @param exists whether there is a file of that name: then a word that is like a command is a database
 * @throws UsageError
 */
export function parseArguments(argv: readonly string[], exists: (path: string) => boolean): Arguments {
  const [first, ...afterFirst] = argv;
  const command = COMMAND_TABLE.find(({ name }) => name === first)?.name;
  if (command === undefined && first !== undefined && !exists(first)) refuseMisspelt(first);
  const rest = command === undefined ? [...argv] : afterFirst;
  if (command === undefined) refuseLateCommand(rest);
  return { command, given: parseOptionsOf(command ?? "serve", rest) };
}

function parseOptionsOf(command: CommandName, rest: string[]): Map<Flag, string> {
  const given = new Map<Flag, string>();
  const positionals = optionsOf(command).filter(isPositional);
  let flagsEnded = false;
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === "--" && !flagsEnded) {
      flagsEnded = true;
    } else if (flagsEnded || !argument.startsWith("-")) {
      addPositional(argument, positionals, given, command);
    } else {
      addOption(argument, rest, given, command);
    }
  }
  return given;
}

function addPositional(
  argument: string,
  positionals: readonly (OptionRow & { readonly flag: Flag })[],
  given: Map<Flag, string>,
  command: CommandName,
): void {
  const row = positionals.find(({ flag }) => !given.has(flag));
  if (row !== undefined) {
    given.set(row.flag, argument);
    return;
  }
  const last = positionals.at(-1);
  const earlier = last === undefined ? undefined : given.get(last.flag);
  throw new UsageError(
    last === undefined
      ? `${command} takes no ${JSON.stringify(argument)}`
      : `one ${last.flag} at a time: got ${JSON.stringify(withoutUrlPassword(earlier ?? ""))} and ${JSON.stringify(withoutUrlPassword(argument))}`,
  );
}

function addOption(argument: string, rest: string[], given: Map<Flag, string>, command: CommandName): void {
  const { row, name, attached } = readOption(argument, command);
  if (row.value === undefined) {
    given.set(row.flag, readChoice(row, name, attached, rest));
    return;
  }
  const value = attached ?? rest.shift();
  if (value === undefined) throw new UsageError(`${name} needs a value: ${name} ${row.value}`);
  const earlier = given.get(row.flag);
  if (earlier !== undefined) {
    const values =
      "isSecret" in row ? "" : `got ${JSON.stringify(earlier)} and ${JSON.stringify(value)}, and `;
    throw new UsageError(`${name} is given twice: ${values}it takes one value`);
  }
  given.set(row.flag, value);
}

/** `--lines=5`, `--lines 5`, `-n 5` or `-n5`. @returns the value where it is in the same word */
function readOption(
  argument: string,
  command: CommandName,
): { row: OptionRow & { readonly flag: Flag }; name: string; attached: string | undefined } {
  const options = optionsOf(command).filter((row) => !isPositional(row));
  if (!argument.startsWith("--")) {
    const name = argument.slice(0, 2);
    const row = options.find(({ short }) => short === name);
    if (row === undefined) throw unknownOption(argument, command);
    const attached = argument.slice(2).replace(/^=/, "");
    return { row, name, attached: attached === "" ? undefined : attached };
  }
  const equals = argument.indexOf("=");
  const name = equals === -1 ? argument : argument.slice(0, equals);
  const row = options.find(({ flag }) => flag === name);
  if (row === undefined) throw unknownOption(name, command);
  return { row, name, attached: equals === -1 ? undefined : argument.slice(equals + 1) };
}

/** What follows a switch that takes one of a few words, or none. */
function readChoice(row: OptionRow, name: string, attached: string | undefined, rest: string[]): string {
  const choices = row.choices ?? [];
  if (attached === undefined) return choices.includes(rest[0] ?? "") ? (rest.shift() ?? "") : "";
  if (choices.includes(attached)) return attached;
  const allowed = choices.length === 0 ? "no value: write it alone" : `one of ${choices.join(", ")}, or none`;
  throw new UsageError(`${name} takes ${allowed}`);
}

function unknownOption(name: string, command: CommandName): UsageError {
  const elsewhere = OPTION_TABLE.find((row: OptionRow) => row.flag === name || row.short === name);
  if (elsewhere !== undefined && !isPositional(elsewhere)) {
    const { commands } = elsewhere;
    return new UsageError(
      `${command} takes no ${name}: it is an option of ${commands.join(", ")}, and the command comes first, as in tailboard ${commands[0]} ${name} (see tailboard ${command} --help)`,
    );
  }
  const flags = optionsOf(command).filter((row) => !isPositional(row));
  const nearest = nearestOf(
    name,
    flags.map(({ flag }) => flag),
  );
  const isQuestion = command === "query" && !name.startsWith("--");
  const guess = isQuestion
    ? ": a question that begins with a dash stands in --where;"
    : nearest === undefined
      ? ";"
      : `: did you mean ${nearest}?`;
  return new UsageError(
    `there is no option ${name}${guess} the options of ${command} are ${flags.map(({ flag }) => flag).join(" ")} (see --help)`,
  );
}

/** A word without a dot or a slash that is a command but for a letter. */
function refuseMisspelt(word: string): void {
  if (!/^[a-z]+$/i.test(word)) return;
  const names = COMMAND_TABLE.map(({ name }) => name);
  const nearest = nearestOf(
    word,
    names.filter((name) => Math.abs(name.length - word.length) <= 1),
  );
  if (nearest === undefined) return;
  throw new UsageError(
    `there is no command ${JSON.stringify(word)}: did you mean ${nearest}? A database of that name is ./${word}`,
  );
}

/** Behind an option the name of a command would be taken for a database, or for the value of the option. */
function refuseLateCommand(argv: readonly string[]): void {
  const word = argv.at(-1);
  const isNamed = argv.length > 1 && argv.at(-2)?.startsWith("-") !== true;
  if (!isNamed || !COMMAND_TABLE.some(({ name }) => name === word)) return;
  throw new UsageError(
    `the command comes first: write tailboard ${word} and then the options; a database of that name is ./${word}`,
  );
}

function nearestOf(word: string, names: readonly string[]): string | undefined {
  const likes = names.map((name) => ({ name, unlikeness: unlikeness(word, name) }));
  const [nearest] = likes.toSorted((a, b) => a.unlikeness - b.unlikeness);
  return nearest !== undefined && nearest.unlikeness <= MAX_UNLIKENESS ? nearest.name : undefined;
}

/** Completions for shells, made of the table of options: the scripts hold nothing but words of the table. */
import {
  COMMAND_TABLE,
  type CommandName,
  isPositional,
  type OptionRow,
  optionsOf,
  wordsOf,
} from "./option-table.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** @returns a script for `source <(tailboard completions bash)`, or for the directory of the shell */
export function completionScript(shell: Shell): string {
  switch (shell) {
    case "bash":
      return bash();
    case "zsh":
      return zsh();
    case "fish":
      return fish();
  }
}

const names = COMMAND_TABLE.map(({ name }) => name);

function flagsOf(command: CommandName): OptionRow[] {
  return optionsOf(command).filter((row) => !isPositional(row));
}

/** What stands for an option in the pattern of a `case`: with its short form. */
function spellings({ flag, short }: OptionRow): string[] {
  return short === undefined ? [flag] : [flag, short];
}

function takesFile(command: CommandName): boolean {
  return optionsOf(command).some((row) => isPositional(row) && row.isFile === true);
}

function positionalWords(command: CommandName): readonly string[] {
  return optionsOf(command)
    .filter(isPositional)
    .flatMap((row) => wordsOf(row));
}

/** What follows an option: a file, one of some words, or anything. An optional word is left to the next one. */
function valueCase(row: OptionRow, file: string, words: (list: readonly string[]) => string): string {
  if (row.isFile === true) return file;
  return wordsOf(row).length > 0 ? words(wordsOf(row)) : "";
}

function bash(): string {
  const lines = [
    "# Completions of Tailboard for bash: source <(tailboard completions bash)",
    "_tailboard() {",
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" command=serve files= words=',
    "  COMPREPLY=()",
    '  case "${COMP_WORDS[1]-}" in',
    `    ${names.join("|")}) [ "$COMP_CWORD" -gt 1 ] && command="\${COMP_WORDS[1]}" ;;`,
    "  esac",
    '  case "$command $previous" in',
  ];
  for (const command of names) {
    for (const row of flagsOf(command)) {
      if (row.value === undefined && row.choices === undefined) continue;
      const pattern = spellings(row)
        .map((spelling) => `"${command} ${spelling}"`)
        .join("|");
      const value = valueCase(row, "files=1", (list) => `words="${list.join(" ")}"`);
      lines.push(`    ${pattern}) ${value === "" ? "return" : value} ;;`);
    }
  }
  lines.push("    *)", '      case "$command $current" in');
  for (const command of names) {
    const words = positionalWords(command);
    const plainWords = words.length === 0 ? "" : ` words="${words.join(" ")}"`;
    lines.push(
      `        "${command} -"*) words="${flagsOf(command).flatMap(spellings).join(" ")}" ;;`,
      `        ${command}*)${plainWords}${takesFile(command) ? " files=1" : ""} ;;`,
    );
  }
  lines.push(
    "      esac",
    `      [ "$COMP_CWORD" -eq 1 ] && words="$words ${names.join(" ")}" ;;`,
    "  esac",
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '  if [ -n "$files" ]; then',
    "    compopt -o filenames 2>/dev/null",
    '    local file; while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$current")',
    "  fi",
    "}",
    "complete -F _tailboard tailboard",
  );
  return lines.join("\n");
}

/** Between single quotation marks, for zsh and fish. */
function quoted(text: string, escapedQuote: string): string {
  return `'${text.replaceAll("'", escapedQuote)}'`;
}

function zsh(): string {
  const lines = [
    "#compdef tailboard",
    "# Completions of Tailboard for zsh: put this as _tailboard into a directory of $fpath, or",
    "# source <(tailboard completions zsh)",
    "_tailboard() {",
    "  local command=serve",
    "  local -a commands",
    "  commands=(",
    ...COMMAND_TABLE.map(({ name, meaning }) => `    ${quoted(`${name}:${meaning}`, "'\\''")}`),
    "  )",
    '  if (( CURRENT > 2 )) && [[ -n "${commands[(r)${words[2]}:*]}" ]]; then',
    '    command="${words[2]}"',
    "    shift words; (( CURRENT-- ))",
    "  elif (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then",
    "    _describe command commands",
    "  fi",
    '  case "$command" in',
  ];
  for (const command of names) {
    lines.push(`    ${command}) _arguments -s \\`);
    for (const row of flagsOf(command)) {
      const value = valueCase(row, "_files", (list) => `(${list.join(" ")})`);
      const optional = row.choices === undefined ? "" : ":";
      const action = row.value === undefined && row.choices === undefined ? "" : `:${optional}value:${value}`;
      for (const spelling of spellings(row))
        lines.push(`      ${quoted(`${spelling}[${plain(row.meaning)}]${action}`, "'\\''")} \\`);
    }
    const words = positionalWords(command);
    const rest = words.length > 0 ? `(${words.join(" ")})` : takesFile(command) ? "_files" : "";
    lines.push(`      ${quoted(`*:argument:${rest}`, "'\\''")} ;;`);
  }
  lines.push(
    "  esac",
    "}",
    // Loaded by $fpath it is called at once; sourced it has to be registered.
    'if [ "$funcstack[1]" = "_tailboard" ]; then _tailboard "$@"; else compdef _tailboard tailboard; fi',
  );
  return lines.join("\n");
}

/** What `_arguments` would take for the end of a description, or for that of the whole. */
function plain(text: string): string {
  return text.replaceAll(/[\\[\]:]/g, "\\$&");
}

function fish(): string {
  const seen = `__fish_seen_subcommand_from ${names.join(" ")}`;
  const lines = [
    "# Completions of Tailboard for fish: tailboard completions fish > ~/.config/fish/completions/tailboard.fish",
    ...COMMAND_TABLE.map(
      ({ name, meaning }) =>
        `complete -c tailboard -n ${quoted("__fish_is_first_token", "\\'")} -a ${name} -d ${quoted(meaning, "\\'")}`,
    ),
  ];
  for (const command of names) {
    const when =
      command === "serve"
        ? `not ${seen}; or __fish_seen_subcommand_from serve`
        : `__fish_seen_subcommand_from ${command}`;
    const begin = `complete -c tailboard -n ${quoted(when, "\\'")}`;
    for (const row of flagsOf(command)) {
      const short = row.short === undefined ? "" : ` -s ${row.short.slice(1)}`;
      const words = wordsOf(row);
      const value =
        words.length > 0 && row.choices === undefined
          ? ` -x -a ${quoted(words.join(" "), "\\'")}`
          : row.isFile === true
            ? " -r -F"
            : row.value === undefined
              ? ""
              : " -x";
      lines.push(`${begin} -l ${row.flag.slice(2)}${short}${value} -d ${quoted(row.meaning, "\\'")}`);
    }
    const words = positionalWords(command);
    if (words.length > 0) lines.push(`${begin} -f -a ${quoted(words.join(" "), "\\'")}`);
  }
  return lines.join("\n");
}

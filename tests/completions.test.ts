/** The completions, as the shells themselves give them. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";

import { completionScript, type Shell } from "../src/completions.ts";
import { COMMAND_TABLE, isPositional, optionsOf } from "../src/option-table.ts";
import { Scratch } from "./support/scratch.ts";
import { describeWhere, findProgram } from "./support/tools.ts";
import { TEST_TIMEOUT_MS } from "./support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const NAMES = COMMAND_TABLE.map(({ name }) => name);

/** Completes the last word of a line in a directory with the files `events.db` and `my log.db`. */
type Complete = (...words: string[]) => Promise<string[]>;

async function run(command: readonly string[], cwd: string): Promise<string> {
  const child = Bun.spawn([...command], {
    cwd,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { PATH: process.env["PATH"], HOME: cwd, TERM: "xterm" },
  });
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect(errors).toBe("");
  return output;
}

async function withScript<T>(shell: Shell, use: (directory: string) => Promise<T>): Promise<T> {
  using scratch = new Scratch();
  await Bun.write(scratch.path("script"), completionScript(shell));
  await Bun.write(scratch.path("files/events.db"), "");
  await Bun.write(scratch.path("files/my log.db"), "");
  return await use(scratch.path("files"));
}

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/** What every shell has to answer. */
function commonTests(complete: Complete): void {
  test("knows the commands", async () => {
    expect(await complete("")).toEqual(expect.arrayContaining([...NAMES]));
    expect(await complete("ta")).toEqual(["tail"]);
  });

  test.each(NAMES)("knows the options of %s, and no others", async (name) => {
    const flags = optionsOf(name)
      .filter((row) => !isPositional(row))
      .map(({ flag }) => flag);
    const given = await complete(name, "--");
    expect(new Set(given)).toEqual(new Set(flags));
  });

  test("knows the options of serve where no command is named", async () => {
    expect(await complete("--po")).toEqual(["--poll-interval", "--port"]);
    expect(await complete("tail", "--po")).toEqual(["--poll-interval"]);
  });

  test("knows the words that an option takes", async () => {
    expect(await complete("query", "--all", "--format", "")).toEqual(["csv", "ndjson"]);
    expect(await complete("--log-format", "j")).toEqual(["json"]);
    expect(await complete("completions", "")).toEqual(["bash", "fish", "zsh"]);
  });

  test("completes files where a file is meant", async () => {
    for (const words of [["tail"], ["tail", "--cursor"], ["query"]])
      expect(await complete(...words, "ev")).toEqual(["events.db"]);
    expect(await complete("tail", "my")).toEqual([expect.stringMatching(/^my\\? log\.db$/)]);
    expect(await complete("tail", "--where", "ev")).not.toContain("events.db");
  });
}

describe("bash", () => {
  const complete: Complete = (...words) =>
    withScript("bash", async (directory) => {
      const code =
        'source ../script; COMP_WORDS=(tailboard "$@"); COMP_CWORD=$#; _tailboard; printf "%s\\n" "${COMPREPLY[@]}"';
      return linesOf(await run(["bash", "-c", code, "bash", ...words], directory)).toSorted();
    });
  commonTests(complete);
});

const fish = await findProgram("fish");
describeWhere(fish !== undefined, "Completions of fish are not tested: install fish (apt-get install fish).")(
  "fish",
  () => {
    const complete: Complete = (...words) =>
      withScript("fish", async (directory) => {
        const line = ["tailboard", ...words].join(" ");
        const output = await run(
          [fish ?? "", "--no-config", "-c", `source ../script; complete -C "${line}"`],
          directory,
        );
        return linesOf(output)
          .map((candidate) => candidate.split("\t", 1)[0] ?? "")
          .toSorted();
      });
    commonTests(complete);
  },
);

const zsh = await findProgram("zsh");
describeWhere(zsh !== undefined, "Completions of zsh are not tested: install zsh (apt-get install zsh).")(
  "zsh",
  () => {
    /** In a terminal of its own, because zsh completes nowhere else. */
    const complete: Complete = (...words) =>
      withScript("zsh", async (directory) => {
        await Bun.write(`${directory}/../capture.zsh`, CAPTURE);
        const output = await run(
          [zsh ?? "", "-f", "../capture.zsh", ["tailboard", ...words].join(" ")],
          directory,
        );
        return linesOf(output.replaceAll("\r", "")).toSorted();
      });
    commonTests(complete);
  },
);

/**
 * Types a line and a tab into a zsh, and prints what it offers, one to a line. What is typed may be echoed while the shell
 * starts, so the angle brackets by which an offer is known stand in none of it; and the end is told by the completion itself.
 */
const CAPTURE = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PROMPT= RPROMPT=; stty -echo; autoload -Uz compinit && compinit -u -D; source ../script'
zpty -w z 'compadd() { [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]] && { builtin compadd "$@"; return }; local -a __found; builtin compadd -A __found "$@"; local word; for word in $__found; do printf "\\x3c%s\\x3e\\n" "\${word}"; done; builtin compadd "$@" }'
zpty -w z 'fin() { printf "\\x3cend of offers\\x3e" }; comppostfuncs=(fin)'
zpty -n -w z "$1"$'\\t'
zpty -r z line '*<end of offers>*'
print -r -- "$line" | grep -o '<[^<>]*>' | tr -d '<>' | grep -vx 'end of offers' | sort -u
zpty -d z
`;

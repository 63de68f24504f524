#!/usr/bin/env bun
/**
 * The entry point: reads the options and hands over to the command. Each command is loaded only when it is meant: a
 * `tail` needs neither the page nor HTTP, and starts in a fraction of the time.
 */
import { existsSync } from "node:fs";
import { isatty } from "node:tty";

import manifest from "../package.json" with { type: "json" };
import type { Terminal } from "./cli/terminal.ts";
import { parseOptions, UsageError } from "./options.ts";
import { exitWith, printAndExit } from "./process/ending.ts";

/** By its number: whoever touches `process.stdout` makes the pipe nonblocking for all who write to it. */
const STANDARD_OUTPUT = 1;

/** In cells: that of the terminals of old. */
const DEFAULT_WIDTH = 80;

/** The terminal that standard output is, if it is one. */
function terminalOf(): Terminal | undefined {
  if (!isatty(STANDARD_OUTPUT)) return undefined;
  const { NO_COLOR, TERM } = process.env;
  return {
    // Some say that they have none.
    width: () => process.stdout.columns || DEFAULT_WIDTH,
    hasColours: (NO_COLOR ?? "") === "" && TERM !== "dumb",
  };
}

async function printSql(what: "notify" | "schema", table: string): Promise<void> {
  const { notifySql, schemaSql } = await import("./db/postgres/setup-sql.ts");
  await printAndExit(what === "notify" ? notifySql(table) : schemaSql(table));
}

async function main(): Promise<void> {
  const { version } = manifest;
  const cleanUp = new AsyncDisposableStack();
  try {
    const command = parseOptions({
      argv: process.argv.slice(2),
      env: process.env,
      isTerminal: isatty(STANDARD_OUTPUT),
      version,
      exists: existsSync,
    });
    if (command.kind === "print") await printAndExit(command.text);
    else if (command.kind === "sql") await printSql(command.what, command.table);
    else if (command.kind === "serve") await (await import("./serve.ts")).serve(command, version, cleanUp);
    else process.exit(await (await import("./cli/run.ts")).run(command, terminalOf()));
  } catch (error) {
    try {
      await cleanUp.disposeAsync();
    } finally {
      await exitWith(error, error instanceof UsageError);
    }
  }
}

await main();

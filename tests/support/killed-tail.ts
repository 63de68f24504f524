/** A `tail --cursor` that is killed again and again at random moments, and started again each time. */
import { closeSync, openSync, readFileSync } from "node:fs";

import { Command } from "./command.ts";
import { until } from "./until.ts";

/** From the start of the process: before it has begun, while it catches up, and while it follows. In ms. */
const KILL_AFTER_MS = { least: 60, most: 400 };

export interface KilledTail {
  readonly path: string;
  readonly cursorFile: string;
  /** What it prints is added to this file. */
  readonly outputFile: string;
  readonly kills: number;
}

/**
 * Kills it with SIGKILL so many times. It is not running afterwards.
 * @returns how many whole lines were in the file at each kill
 */
export async function killTail({ path, cursorFile, outputFile, kills }: KilledTail): Promise<number[]> {
  const linesAtKill: number[] = [];
  for (let count = 0; count < kills; count++) {
    await using tail = startTail({ path, cursorFile, outputFile });
    const { least, most } = KILL_AFTER_MS;
    await Bun.sleep(least + Math.random() * (most - least));
    await tail.kill("SIGKILL");
    linesAtKill.push(idsOf(outputFile).length);
  }
  return linesAtKill;
}

/** Lets it run until it has printed an id. */
export async function finishTail(tail: Omit<KilledTail, "kills">, lastId: number): Promise<void> {
  await using running = startTail(tail);
  await until(() => idsOf(tail.outputFile).at(-1) === lastId, `the event ${lastId}`, 30_000);
  await running.kill("SIGKILL");
}

/** What a reader of the file makes of it. */
export interface Account {
  readonly printed: number;
  readonly lost: number;
  /** Printed again after a kill: the last line before it. */
  readonly again: number;
  /** Twice in any other way, or out of order. */
  readonly wrong: number;
}

/** @param linesAtKill as `killTail` returned it */
export function accountOf(
  outputFile: string,
  firstId: number,
  lastId: number,
  linesAtKill: readonly number[],
): Account {
  const ids = idsOf(outputFile);
  const starts = new Set(linesAtKill);
  let again = 0;
  let wrong = 0;
  for (const [index, id] of ids.entries()) {
    const before = ids[index - 1] ?? firstId - 1;
    if (id === before && starts.has(index)) again++;
    else if (id <= before) wrong++;
  }
  return { printed: ids.length, lost: lastId - firstId + 1 - new Set(ids).size, again, wrong };
}

function startTail({ path, cursorFile, outputFile }: Omit<KilledTail, "kills">): Command {
  const output = openSync(outputFile, "a");
  try {
    return new Command(["tail", path, "--cursor", cursorFile, "--after", "0"], { stdout: output });
  } finally {
    closeSync(output);
  }
}

/** Whole lines: what stands behind the last line break is being written, or was when it was killed. */
function linesOf(file: string): string[] {
  return readFileSync(file, "utf8").split("\n").slice(0, -1);
}

/** A line that was broken off by a kill is no event; the next run prints it whole. */
function idsOf(file: string): number[] {
  return linesOf(file).flatMap((line) => {
    if (!line.endsWith("}")) return [];
    const { id }: { id: number } = JSON.parse(line);
    return [id];
  });
}

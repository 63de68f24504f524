/**
 * Standard output, written at once and in order. A reader that has stopped holds the process up, which is what is
 * wanted here: the database is the backlog, and nothing has to be kept for that reader. The signals that end a
 * process still do, because none is handled.
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";

import { codeOf } from "../process/failure.ts";

/** By its number: whoever touches `process.stdout` makes the pipe nonblocking for all who write to it. */
const STANDARD_OUTPUT = 1;

/** How long to wait where another program made the file non-blocking, and it is full. In ms. */
const RETRY_MS = 5;

/** The reader has gone, as `head` does when it has enough: nobody is left to print for. */
export class OutputClosedError extends Error {
  override readonly name = "OutputClosedError";
}

/**
 * Writes all of it.
 * @returns undefined where it is written already
 * @throws OutputClosedError where nobody reads any more, or the error of the system: a full disk among others
 */
export function writeOutput(text: string | Uint8Array): Promise<void> | undefined {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  const rest = writeSome(bytes);
  return rest.length === 0 ? undefined : writeLater(rest);
}

/**
 * Ends a line that a killed run has left half written at the end of a file, so that the next line is one by itself. In a
 * pipe lines of up to 4096 bytes are written whole or not at all.
 */
export function endBrokenLine(): void {
  const stat = fstatSync(STANDARD_OUTPUT);
  const { size } = stat;
  if (!stat.isFile() || size === 0) return;
  let fd: number;
  try {
    // Standard output is open for writing only, as a rule; on Linux this opens the file anew.
    fd = openSync(`/dev/fd/${STANDARD_OUTPUT}`, "r");
  } catch {
    // It may not be read: then it stays as it is.
    return;
  }
  try {
    const last = Buffer.alloc(1);
    readSync(fd, last, 0, 1, size - 1);
    if (last.toString() !== "\n") writeSome(Buffer.from("\n"));
  } finally {
    closeSync(fd);
  }
}

async function writeLater(bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0; rest = writeSome(rest)) await Bun.sleep(RETRY_MS);
}

/** @returns what was not taken, because the reader has to read first */
function writeSome(bytes: Uint8Array): Uint8Array {
  let rest = bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(STANDARD_OUTPUT, rest));
    return rest;
  } catch (error) {
    const code = codeOf(error);
    if (code === "EAGAIN") return rest;
    if (code === "EPIPE") throw new OutputClosedError("standard output is closed", { cause: error });
    throw error;
  }
}

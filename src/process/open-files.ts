/**
 * The limit of open files. At the limit a server can't accept a connection, and nobody can refuse one for it: the
 * kernel reports the same waiting connection again and again, and the process spins.
 */
import { closeSync, openSync, readFileSync } from "node:fs";
import { devNull } from "node:os";

import { codeOf } from "./failure.ts";

/**
 * Files that are held open only to be closed when all others are taken: the tail may have to open the database, its
 * companions and a watch again, and an answer may have to read something.
 */
export const RESERVED_FILES = 16;

/**
 * What is taken by others than streams: the database and its companions, the watch, standard input and output, Bun
 * itself (17 altogether, 20 with the demo), the reserve, and a few plain requests.
 */
const FILES_BESIDE_STREAMS = 24 + RESERVED_FILES + 8;

/**
 * So many have to be free beside the reserve before connections are accepted again: one that leaves and one that comes
 * must not make the server refuse and accept by turns.
 */
const FREE_FILES_TO_ACCEPT = 12;

/** How many files this process may have open, or undefined where the system does not tell (all but Linux). */
export function openFilesLimit(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    // There is no /proc. That the limit is reached is noticed all the same.
    return undefined;
  }
}

/**
 * How many streams fit.
 * @param limit of open files, or undefined where it is not known
 * @returns the number, 0 or less where not even one does
 */
export function streamsThatFit(maxConnections: number, limit: number | undefined): number {
  return limit === undefined ? maxConnections : Math.min(maxConnections, limit - FILES_BESIDE_STREAMS);
}

/** Knows whether there is room for further connections, and keeps the reserve. It counts by opening files. */
export class OpenFiles implements Disposable {
  #reserve: number[] = [];

  constructor() {
    this.#reserve = openUpTo(RESERVED_FILES);
  }

  /** Whether nothing is left beside the reserve, so that no further connection can be accepted. */
  areUsedUp(): boolean {
    const probe = openUpTo(1);
    closeAll(probe);
    return probe.length === 0;
  }

  /** Closes the reserve, so that what serves the open connections finds files to open. */
  giveReserve(): void {
    closeAll(this.#reserve.splice(0));
  }

  /**
   * Takes the reserve again where enough files are free.
   * @returns whether there is room for connections
   */
  recover(): boolean {
    const opened = openUpTo(RESERVED_FILES + FREE_FILES_TO_ACCEPT);
    const isEnough = opened.length === RESERVED_FILES + FREE_FILES_TO_ACCEPT;
    if (isEnough) this.#reserve = opened.splice(0, RESERVED_FILES);
    closeAll(opened);
    return isEnough;
  }

  [Symbol.dispose](): void {
    this.giveReserve();
  }
}

/** @returns so many open files, or fewer where no more can be opened */
function openUpTo(count: number): number[] {
  const opened: number[] = [];
  try {
    while (opened.length < count) opened.push(openSync(devNull, "r"));
  } catch (error) {
    // The limit of the process, or of the machine.
    if (!["EMFILE", "ENFILE"].includes(codeOf(error) ?? "")) throw error;
  }
  return opened;
}

function closeAll(files: readonly number[]): void {
  for (const fd of files) closeSync(fd);
}

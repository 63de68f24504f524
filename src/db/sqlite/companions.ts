/** The files that SQLite keeps beside a database: it names them after the database, and opens what bears the name. */
import { lstatSync } from "node:fs";

import { FileError } from "./file-error.ts";

/** Beside a database in WAL mode, while anybody has it open. */
export const WAL_COMPANIONS = ["-wal", "-shm"] as const;

const COMPANIONS = [...WAL_COMPANIONS, "-journal"] as const;

/**
 * Makes sure that every companion that is there is a regular file. SQLite would wait for the other end of a pipe, and
 * the whole process with it; a link or a directory it can't open, without a word about which file it was.
 * @param path as the operator knows it
 * @param realPath with symbolic links resolved
 * @throws FileError
 */
export function refuseSpecialCompanions(path: string, realPath: string): void {
  for (const suffix of COMPANIONS) {
    const companion = realPath + suffix;
    // SQLite follows no link here, wherever it leads.
    const stat = lstatSync(companion, { throwIfNoEntry: false });
    if (stat?.isFile() === false) throw new FileError("special-companion", path, companion);
  }
}

/** The paths of all files that SQLite may use for a database, itself among them. */
export function filesOf(realPath: string): string[] {
  return [realPath, ...COMPANIONS.map((suffix) => realPath + suffix)];
}

/** What the surroundings of a database file say about an error for which SQLite gives no reason. */
import { accessSync, closeSync, constants, openSync, realpathSync, statfsSync } from "node:fs";
import { devNull } from "node:os";
import { dirname } from "node:path";

export type Obstacle =
  | "too-many-open-files"
  | "disk-full"
  | "read-only-file-system"
  /** The user that runs Tailboard may not create files in the directory of the database. */
  | "unwritable-directory";

/**
 * Looks for what keeps SQLite from opening or creating a file beside a database.
 * @param path of the database, as the operator knows it
 * @returns undefined where nothing is found
 */
export function findObstacle(path: string): Obstacle | undefined {
  if (isCodeOf(() => closeSync(openSync(devNull, "r")), "EMFILE", "ENFILE")) return "too-many-open-files";
  const directory = realDirectoryOf(path);
  const check = (): void => accessSync(directory, constants.W_OK);
  if (isCodeOf(check, "EROFS")) return "read-only-file-system";
  if (isDiskFull(path)) return "disk-full";
  return isCodeOf(check, "EACCES", "EPERM") ? "unwritable-directory" : undefined;
}

/** Whether the file system of a database has no room left for files of ordinary users. */
function isDiskFull(path: string): boolean {
  try {
    const { bavail, files, ffree } = statfsSync(realDirectoryOf(path), { bigint: true });
    // A file system that makes inodes as it needs them counts none.
    return bavail === 0n || (files > 0n && ffree === 0n);
  } catch {
    // Not to be found out: the error itself is told.
    return false;
  }
}

function realDirectoryOf(path: string): string {
  try {
    return dirname(realpathSync(path));
  } catch {
    return dirname(path);
  }
}

function isCodeOf(act: () => void, ...codes: string[]): boolean {
  try {
    act();
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && codes.includes(String(error.code));
  }
}

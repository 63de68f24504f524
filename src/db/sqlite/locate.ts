/** Finds the file of a database, and refuses what SQLite would open without a word and not follow rightly. */
import { accessSync, constants, realpathSync, statSync } from "node:fs";

import { filesOf, refuseSpecialCompanions } from "./companions.ts";
import { FileError, type FileReason } from "./file-error.ts";
import { mountedAlone, readMounts, removedMount } from "./mounts.ts";
import { unsearchableDirectory } from "./unsearchable.ts";

/** What the errors of the system mean. */
const REASONS: Readonly<Record<string, FileReason>> = {
  ENOENT: "missing",
  ENOTDIR: "missing",
  EACCES: "unreadable",
  EPERM: "unreadable",
  ELOOP: "link-loop",
  ENAMETOOLONG: "name-too-long",
  EMFILE: "too-many-open-files",
  ENFILE: "too-many-open-files",
};

/**
 * The real path of a readable file, with symbolic links resolved.
 * @throws FileError, or the system's error where the disk fails
 */
export function locate(path: string): string {
  try {
    const realPath = realpathSync(path);
    const stat = statSync(realPath);
    if (stat.isDirectory()) throw new FileError("directory", path);
    // Opening a pipe would wait for its other end, and everybody with it.
    if (!stat.isFile()) throw new FileError("special", path);
    accessSync(realPath, constants.R_OK);
    refuseSpecialCompanions(path, realPath);
    const alone = mountedAlone(readMounts(), filesOf(realPath));
    if (alone !== undefined) throw new FileError("mounted-alone", path, alone);
    if (stat.nlink > 1) throw new FileError("hard-link", path);
    return realPath;
  } catch (error) {
    throw explained(error, path);
  }
}

function explained(error: unknown, path: string): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const reason = REASONS[code];
  if (reason === undefined) return error;
  if (reason === "unreadable") {
    const directory = unsearchableDirectory(path);
    if (directory !== undefined) return new FileError("unsearchable", path, directory);
  }
  if (reason === "missing") {
    const point = removedMount(readMounts(), path);
    if (point !== undefined) return new FileError("mount-removed", path, point);
  }
  return new FileError(reason, path);
}

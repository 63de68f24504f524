/** What the directory entry of a file says, without opening it. */
import { type BigIntStats, type Stats, statSync } from "node:fs";

/** @returns undefined where there is none, or where it may not be looked at: either way it can't be followed */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // No permission, or a link in a circle. Opening the file says which, in words.
    return undefined;
  }
}

/** The same with whole numbers of any size: inodes beyond 2^53 and times in nanoseconds stay exact. */
export function exactStatOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Tells a file or directory from another one that takes its place. As bigints, because numbers round beyond 2^53. */
export function fileId({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev}:${ino}`;
}

/** The id of the file or directory under a path; "" where there is none. */
export function inodeOf(path: string): string {
  const stat = exactStatOf(path);
  return stat === undefined ? "" : fileId(stat);
}

/** What the directory entry of a file says, without opening it. */
import { type Stats, statSync } from "node:fs";

/** @returns undefined where there is none, or where it may not be looked at: either way it can't be followed */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // No permission, or a link in a circle. Opening the file says which, in words.
    return undefined;
  }
}

/** Tells a file or directory from another one that takes its place; "" where there is none. */
export function inodeOf(path: string): string {
  const stat = statOf(path);
  return stat === undefined ? "" : `${stat.dev}:${stat.ino}`;
}

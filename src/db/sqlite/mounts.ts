/** The mounts that a process sees, as Linux lists them. */
import { readFileSync } from "node:fs";

const MOUNTS_OF_THIS_PROCESS = "/proc/self/mountinfo";

/** What Linux adds to the path of a file or directory that was removed. */
const REMOVED = "//deleted";

export interface Mount {
  /** Where it is mounted. */
  readonly point: string;
  /** Whether the file or directory that is mounted was removed where it comes from. */
  readonly isRemoved: boolean;
}

/** @returns none where the system keeps no such list, as macOS does */
export function readMounts(): Mount[] {
  let text: string;
  try {
    text = readFileSync(MOUNTS_OF_THIS_PROCESS, "utf8");
  } catch {
    return [];
  }
  return parseMounts(text);
}

/** @param text see https://docs.kernel.org/filesystems/proc.html, "/proc/<pid>/mountinfo" */
export function parseMounts(text: string): Mount[] {
  return text.split("\n").flatMap((line) => {
    const [, , , root, point] = line.split(" ");
    if (root === undefined || point === undefined) return [];
    return [{ point: unescape(point), isRemoved: root.endsWith(REMOVED) }];
  });
}

/** The first of these files that is itself a mount point. */
export function mountedAlone(mounts: readonly Mount[], files: readonly string[]): string | undefined {
  const points = new Set(mounts.map((mount) => mount.point));
  return files.find((file) => points.has(file));
}

/** Where the mount that holds a path is mounted, if what is mounted there was removed. */
export function removedMount(mounts: readonly Mount[], path: string): string | undefined {
  // Of several mounts above a path the longest holds it, and of several in one place the last.
  const above = mounts.filter(({ point }) => point === path || path.startsWith(withSlash(point)));
  const [nearest] = above.toReversed().toSorted((a, b) => b.point.length - a.point.length);
  return nearest?.isRemoved === true ? nearest.point : undefined;
}

/** Spaces, tabs, line ends and backslashes stand as three octal digits. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}

/** Finds the directory on the way to a file that this process may not pass through. */
import { accessSync, constants, readlinkSync } from "node:fs";
import { dirname, parse, resolve, sep } from "node:path";

/** Links on one way; Linux gives up at as many. */
const MAX_LINKS = 40;

/**
 * @param path absolute
 * @returns the first directory, from the root on, that can't be passed; undefined where all can
 */
export function unsearchableDirectory(path: string): string | undefined {
  let way = path;
  for (let links = 0; links <= MAX_LINKS; links++) {
    const found = walk(way);
    if (found?.kind !== "link") return found?.directory;
    way = found.target;
  }
  return undefined;
}

type Found =
  | { readonly kind: "barred"; readonly directory: string }
  | { readonly kind: "link"; readonly target: string };

/** Goes from the root towards a file, up to the first directory that can't be passed, or the first link. */
function walk(path: string): Found | undefined {
  const { root } = parse(path);
  const names = path.slice(root.length).split(sep);
  let at = root;
  for (const [index, name] of names.entries()) {
    try {
      accessSync(at, constants.X_OK);
    } catch {
      return { kind: "barred", directory: at };
    }
    at = resolve(at, name);
    const target = linkTarget(at);
    if (target !== undefined)
      return { kind: "link", target: resolve(dirname(at), target, ...names.slice(index + 1)) };
  }
  return undefined;
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    // No link, or nothing there.
    return undefined;
  }
}

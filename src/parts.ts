/**
 * Where a part of the program is that is a file of its own and is not imported: a worker, a second program, the page.
 * In a single binary the path below `src` is the same, but all code that is imported is one file at the root of it.
 */

/** @param path below `src` */
export function partUrl(path: string): URL {
  return new URL(path, import.meta.url);
}

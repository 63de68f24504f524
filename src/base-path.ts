/** The path under which everything is served: for a reverse proxy that passes a path on as it came. */

/** Names of RFC 3986's unreserved characters: nothing that needs an encoding, so that there is one way to write it. */
const SEGMENTS = /^(?:\/[\w.~-]+)*\/?$/;

/**
 * Reads the text of `--base-path`.
 * @returns with a slash at both ends, "/" for the root; undefined where the text is no such path
 */
export function parseBasePath(text: string): string | undefined {
  if (!text.startsWith("/") || !SEGMENTS.test(text)) return undefined;
  // A browser takes these out of an address before it sends it.
  if (text.split("/").some((segment) => segment === "." || segment === "..")) return undefined;
  return text.endsWith("/") ? text : `${text}/`;
}

/** Where the path of a request is, seen from the base path. */
export type Place =
  | { readonly kind: "inside"; /** As it would be without a base path. */ readonly path: string }
  /** The slash at its end is missing, to which the addresses of the page are relative. */
  | {
      readonly kind: "redirect";
      /** Relative: a proxy may have put a path before it. */ readonly location: string;
    }
  | { readonly kind: "outside" };

/** @param basePath with a slash at both ends */
export function under(basePath: string, path: string): Place {
  if (path.startsWith(basePath)) return { kind: "inside", path: path.slice(basePath.length - 1) };
  if (`${path}/` !== basePath) return { kind: "outside" };
  return { kind: "redirect", location: basePath.split("/").slice(-2).join("/") };
}

/** The cookie that keeps a browser signed in: https://www.rfc-editor.org/rfc/rfc6265 */
import type { AccessToken } from "./access-token.ts";

/** Who did not come for so long signs in again. In seconds: 30 days. */
export const COOKIE_AGE_SECONDS = 2_592_000;

export interface CookiePlace {
  /** Where the page is, with a slash at its beginning and its end. */
  readonly basePath: string;
  /** Whether the browser came by TLS: to Tailboard, or to the proxy before it. */
  readonly isSecure: boolean;
}

/**
 * The header that signs a browser in. No script can read it, no request that another site has caused carries it, and
 * where TLS is used it never goes without.
 */
export function signInCookie({ cookieName, cookieValue }: AccessToken, place: CookiePlace): string {
  const attributes = [
    `Path=${place.basePath}`,
    `Max-Age=${COOKIE_AGE_SECONDS}`,
    "HttpOnly",
    "SameSite=Strict",
    ...(place.isSecure ? ["Secure"] : []),
  ];
  return [`${cookieName}=${cookieValue}`, ...attributes].join("; ");
}

/** The values under a name: a browser may send several, from several paths. */
export function cookieValues(header: string | null, name: string): string[] {
  const pairs = (header ?? "").split(";").map((pair) => pair.trim());
  return pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
}

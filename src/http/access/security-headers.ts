/** Headers that every answer has, those of errors too. */

/** For an answer that is no page: should a browser take it for one, it can do nothing. */
const NOTHING_ALLOWED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS = {
  // What the answer says it is, it is: text from the database never becomes a script.
  "X-Content-Type-Options": "nosniff",
  // A question can stand in the address.
  "Referrer-Policy": "no-referrer",
  // No page of another site can take it as a picture or a script.
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": NOTHING_ALLOWED,
} as const;

/** Adds those that the answer does not have in a form of its own. */
export function addSecurityHeaders(headers: Headers): void {
  for (const [name, value] of Object.entries(HEADERS)) if (!headers.has(name)) headers.set(name, value);
}

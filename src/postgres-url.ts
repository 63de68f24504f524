/** Tells the URL of a PostgreSQL database from the path of a file, and what of a URL is secret. Imports nothing. */

/** @param database as the operator gave it */
export function isPostgresUrl(database: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(database);
}

/** The same text without a password or a token that a URL in it may have, for messages. */
export function withoutUrlPassword(text: string): string {
  // A password that is not escaped as it should be has any sign in it, but for those that begin the parameters.
  return text
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^/@:]*):[^?#]*@/i, "$1:…@")
    .replaceAll(/([?&]token=)[^&#]*/gi, "$1…");
}

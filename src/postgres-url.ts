/** Tells the URL of a PostgreSQL database from the path of a file. Imports nothing. */

/** @param database as the operator gave it */
export function isPostgresUrl(database: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(database);
}

/** The same text without a password that a URL in it may have, for messages. */
export function withoutUrlPassword(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/@:]*):[^/@]*@/i, "$1:…@");
}

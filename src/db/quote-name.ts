/** Quotes an identifier for SQL, so that a name from an option can be no more than a name. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The words of a column's name, however they are joined: `createdAt`, `CREATED_AT` and `created-at` are the same. */

/** @returns the words in lower case, joined by underscores */
export function snakeOf(name: string): string {
  return name
    .replace(/(\p{Ll}|\d)(?=\p{Lu})/gu, "$1_")
    .replace(/(\p{Lu})(?=\p{Lu}\p{Ll})/gu, "$1_")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
}

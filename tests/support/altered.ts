/** Databases that nothing but another version of SQLite, or a hand that slipped, would make. */
import { Database } from "bun:sqlite";

/**
 * Makes a database in memory, and changes words of its schema behind SQLite's back.
 * @param words each with another one of the same length, so that nothing in the file moves
 */
export function altered(words: Readonly<Record<string, string>>, ...statements: string[]): Database {
  using database = new Database(":memory:");
  for (const statement of statements) database.run(statement);
  const bytes = Buffer.from(database.serialize());
  for (const [word, other] of Object.entries(words)) {
    if (word.length !== other.length) throw new Error(`${word} and ${other} differ in length`);
    for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + 1)) bytes.write(other, at);
  }
  return Database.deserialize(bytes, { readonly: true, safeIntegers: true });
}

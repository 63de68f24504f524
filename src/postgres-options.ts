/** What the options are not that go with the URL of a PostgreSQL database. */
import type { GivenOptions } from "./given-options.ts";
import { withoutUrlPassword } from "./postgres-url.ts";
import { UsageError } from "./usage-error.ts";

/**
 * @param url of the database, as given
 * @throws UsageError where the URL is none, or another option is only for SQLite files
 */
export function checkPostgres(given: GivenOptions, url: string): void {
  const shown = JSON.stringify(withoutUrlPassword(url));
  if (!URL.canParse(url) || new URL(url).pathname.length <= 1)
    throw new UsageError(
      `DATABASE takes the URL of a PostgreSQL database as in postgres://user@host/database: got ${shown}`,
    );
  if (given.has("--create"))
    throw new UsageError(
      "--create creates SQLite files: a table of PostgreSQL is created by its owner, as tailboard schema-sql prints it",
    );
  if (given.has("--query"))
    throw new UsageError(
      "--query is for SQLite files: of PostgreSQL a table is followed, whose locks tell which rows are still to come",
    );
}

/** Which database is served: the one that was given, one that is created, or that of the demo. */
import { existsSync } from "node:fs";

import { createDatabase } from "./db/sqlite/create.ts";
import { DEMO_SHAPES } from "./demo-shapes.ts";
import type { Logger } from "./logger.ts";
import { messageOf } from "./message-of.ts";
import type { Options } from "./options.ts";
import { isPostgresUrl } from "./postgres-url.ts";
import { Demo } from "./process/demo.ts";
import { absolutePath, codeOf, StartFailure } from "./process/failure.ts";

/**
 * Sees to the database where that is asked for, or where nothing was.
 * @param cleanUp takes the demo, which ends with it
 * @returns its path or URL
 * @throws StartFailure where it can't be created
 */
export function prepareDatabase(options: Options, logger: Logger, cleanUp: AsyncDisposableStack): string {
  if (options.demo) return cleanUp.use(startDemo(options, logger)).path;
  const { database: given, databaseGiven, create, table } = options;
  if (isPostgresUrl(given)) return given;
  const database = absolutePath(given);
  if (!create && (databaseGiven || existsSync(database))) return database;
  try {
    createDatabase(database, table);
    return database;
  } catch (error) {
    const hint =
      codeOf(error) === "SQLITE_FULL"
        ? "make some room"
        : "give the path of a database, or start where you may write";
    throw new StartFailure(`can't create ${database}: ${messageOf(error)}`, hint);
  }
}

/** Starts the second process of the demo. */
function startDemo({ table, demoShape }: Options, logger: Logger): Demo {
  return Demo.start({
    create: (path) =>
      createDatabase(path, table, demoShape === undefined ? undefined : DEMO_SHAPES[demoShape]?.schema),
    shape: demoShape,
    onWriterEnd: (end) =>
      logger.warn("the writer of the demo ended", {
        ...end,
        hint: "what it wrote stays to be seen; for further events start again",
      }),
  });
}

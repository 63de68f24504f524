/** A read-only connection to a database file. */
import { Database } from "bun:sqlite";
import { accessSync, constants, realpathSync, statSync } from "node:fs";

import { refuseSpecialCompanions } from "./companions.ts";
import { FileError } from "./file-error.ts";
import { refuseForeignCompanions } from "./foreign-companions.ts";

export interface Connection extends Disposable {
  readonly database: Database;
  /** With symbolic links resolved: SQLite's companion files stand beside the real file. */
  readonly realPath: string;
  /** Device and inode of the file that was opened. */
  readonly inode: string;
  /** Tells this file from another one that takes its place, even under the same inode. */
  readonly identity: string;
  readonly journalMode: string;
  /**
   * To be called before each read: makes sure that the read creates no file which the owner of the database could not
   * write to. Costs nothing where that can't happen.
   * @throws FileError
   */
  assertReadable(): void;
  /** Changes with every commit of another connection. @throws FileError like `assertReadable` */
  dataVersion(): bigint;
}

/**
 * Opens a file for reading, with integers as bigints and without ever waiting for a lock.
 *
 * The file is only ever read through SQLite: reading it as a file in this process would drop SQLite's locks.
 * @throws FileError, or SQLiteError when it is no database
 */
export function openReadOnly(path: string): Connection {
  const realPath = locate(path);
  const { dev, ino, birthtimeNs } = statSync(realPath, { bigint: true });
  const database = new Database(realPath, { readonly: true, safeIntegers: true });
  try {
    // A wait for a lock would hold up every stream: bun:sqlite is synchronous.
    database.run("PRAGMA busy_timeout = 0");
    const isForeign = refuseForeignCompanions(path, realPath);
    // Reads the file for the first time: what is no database is found out here.
    using mode = database.prepare<[string], []>("PRAGMA journal_mode");
    const journalMode = String(mode.values()[0]?.[0]);
    const dataVersion = database.prepare<{ data_version: bigint }, []>("PRAGMA data_version");
    const assertReadable = (): void => {
      // While we have a database open in WAL mode its companions stay. Another mode can become WAL mode at any time.
      if (isForeign && journalMode !== "wal") refuseForeignCompanions(path, realPath);
    };
    return {
      database,
      realPath,
      journalMode,
      inode: `${dev}:${ino}`,
      identity: Bun.hash(`${dev}:${ino}:${birthtimeNs}`).toString(36),
      assertReadable,
      dataVersion: () => {
        assertReadable();
        return dataVersion.get()?.data_version ?? 0n;
      },
      [Symbol.dispose]: () => {
        dataVersion.finalize();
        // `true` throws where a statement is still open, rather than leave its file handle and locks behind.
        database.close(true);
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The real path of a readable file. @throws FileError */
function locate(path: string): string {
  try {
    const realPath = realpathSync(path);
    const stat = statSync(realPath);
    if (stat.isDirectory()) throw new FileError("directory", path);
    // Opening a pipe would wait for its other end, and everybody with it.
    if (!stat.isFile()) throw new FileError("special", path);
    accessSync(realPath, constants.R_OK);
    refuseSpecialCompanions(path, realPath);
    return realPath;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") throw new FileError("missing", path);
    if (code === "EACCES" || code === "EPERM") throw new FileError("unreadable", path);
    throw error;
  }
}

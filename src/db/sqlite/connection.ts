/** A read-only connection to a database file. */
import { Database } from "bun:sqlite";
import { statSync } from "node:fs";

import { refuseSpecialCompanions } from "./companions.ts";
import { refuseForeignCompanions } from "./foreign-companions.ts";
import { locate } from "./locate.ts";
import { fileId } from "./stat.ts";

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
   * write to, and waits for no pipe. Costs nothing in WAL mode, and 5 µs in the others.
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
  const stat = statSync(realPath, { bigint: true });
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
      if (journalMode === "wal") return;
      refuseSpecialCompanions(path, realPath);
      if (isForeign) refuseForeignCompanions(path, realPath);
    };
    return {
      database,
      realPath,
      journalMode,
      inode: fileId(stat),
      identity: Bun.hash(`${fileId(stat)}:${stat.birthtimeNs}`).toString(36),
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

/**
 * Keeps Tailboard from creating `-wal` and `-shm` that the owner of a database could not write to. SQLite creates them
 * for whoever opens a database in WAL mode first, read-only or not; they stay when that program ends, and every INSERT
 * of the owner fails from then on: "attempt to write a readonly database".
 */
import { constants, Database, SQLiteError } from "bun:sqlite";
import { type BigIntStats, statSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";

import { WAL_COMPANIONS } from "./companions.ts";
import { FileError } from "./file-error.ts";
import { currentUser, type Owned, ownerCanWrite, sharesCompanions } from "./ownership.ts";

/**
 * Companions younger than this may be those of a program that opens, inserts and closes, which removes them again: between
 * our look at them and SQLite's opening they would be gone, and we would create them.
 */
const SETTLED_MS = 1000;

const SQLITE_CANTOPEN = 14;

/**
 * To be called before the first read of a connection, when the file is open already: the shorter the time in between,
 * the better. Takes 25 µs where the file belongs to another user, and nothing but a `stat` elsewhere.
 * @param path as the operator knows it
 * @param realPath with symbolic links resolved
 * @returns whether the database belongs to somebody who could not write to companions of ours
 * @throws FileError where reading would create companions, or where we have created them before
 */
export function refuseForeignCompanions(path: string, realPath: string): boolean {
  const user = currentUser();
  if (user === undefined) return false;
  const database = ownedOf(statSync(realPath));
  if (sharesCompanions(database, ownedOf(statSync(dirname(realPath))), user)) return false;

  const companions = WAL_COMPANIONS.flatMap((suffix) => {
    const stat = statSync(realPath + suffix, { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? [] : [{ file: realPath + suffix, stat }];
  });
  for (const { file, stat } of companions) {
    if (Number(stat.uid) === user.uid && !ownerCanWrite(database, ownedOf(stat)))
      throw new FileError("companions-ours", path, file);
  }
  const areThere =
    companions.length === WAL_COMPANIONS.length && companions.every(({ stat }) => isSettled(stat));
  if (!areThere && isInWalMode(realPath)) throw new FileError("companions-missing", path);
  return true;
}

/**
 * Whether a database is in WAL mode, or has a `-wal` that SQLite would use, without creating anything. SQLite can't use WAL without locks, so that it refuses
 * to read such a database where it may take none, before it opens any other file. Not by reading the header: closing
 * the file would drop the locks of every other connection of this process.
 */
function isInWalMode(realPath: string): boolean {
  // An empty file has no header; and SQLite would tidy up beside it.
  if (statSync(realPath).size === 0) return false;
  const url = `${pathToFileURL(realPath).href}?mode=ro&nolock=1`;
  const database = new Database(url, constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_URI);
  try {
    using statement = database.prepare("PRAGMA schema_version");
    statement.values();
    return false;
  } catch (error) {
    // Any other error comes again when the database is opened, and is explained there.
    return error instanceof SQLiteError && error.errno === SQLITE_CANTOPEN;
  } finally {
    database.close();
  }
}

function isSettled({ birthtimeMs }: BigIntStats): boolean {
  // Where the clock was set back the age means nothing, and the file is not taken for a new one for hours.
  return Math.abs(Date.now() - Number(birthtimeMs)) >= SETTLED_MS;
}

function ownedOf({
  uid,
  gid,
  mode,
}: {
  uid: number | bigint;
  gid: number | bigint;
  mode: number | bigint;
}): Owned {
  return { uid: Number(uid), gid: Number(gid), mode: Number(mode) };
}

/** The rollback journal beside a database file. */
import { closeSync, openSync, readSync } from "node:fs";

import { statOf } from "./stat.ts";

/** A journal begins with its header, as large as the disk's sector: at least this. */
const JOURNAL_HEADER_BYTES = 512;
const MAGIC_BYTES = 8;

/**
 * Whether a transaction is under way: the journal exists and its header is not zeroed. SQLite never locks the
 * journal, so that reading it as a file drops no lock.
 * @param databasePath the real path of the database
 */
export function hasHotJournal(databasePath: string): boolean {
  // Opening a pipe would wait for its other end.
  if (statOf(`${databasePath}-journal`)?.isFile() !== true) return false;
  let file: number | undefined;
  try {
    file = openSync(`${databasePath}-journal`, "r");
    const header = new Uint8Array(JOURNAL_HEADER_BYTES);
    return (
      readSync(file, header) === JOURNAL_HEADER_BYTES &&
      header.subarray(0, MAGIC_BYTES).some((byte) => byte !== 0)
    );
  } catch {
    // No journal, or none that we may read: nothing to wait for.
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

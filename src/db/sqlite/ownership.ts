/** Whom a file will belong to that SQLite creates beside a database, and who will be able to write to it. */
import { readFileSync } from "node:fs";

/** The permission bits of a mode. */
const GROUP_WRITE = 0o020;
const OTHERS_WRITE = 0o002;
const SETGID = 0o2000;

/** The bit of the right to give files away, in Linux' sets of capabilities. */
const CAP_CHOWN = 1n;

/** What stands for every user that a user namespace does not know. */
const OVERFLOW_ID = 65_534;

export interface Owned {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** The user that a process runs as. */
export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
  /** Whether files that it creates can be given to this user and group, which SQLite does as root only. */
  mayGiveTo(uid: number, gid: number): boolean;
  /** Whether a new file gets the group of its directory always, as on BSD and macOS. */
  readonly inheritsGroup: boolean;
}

/**
 * Whether the owner of a database can write to `-wal` and `-shm` when this process creates them. SQLite gives them the
 * mode of the database; as root it gives them to the owner and the group of the database, too. Access lists are left
 * out of account, because nothing in the runtime reads them.
 * @param directory in which they are created
 */
export function sharesCompanions(database: Owned, directory: Owned, user: ProcessUser): boolean {
  if (user.uid === database.uid) return true;
  if (user.uid === 0 && user.mayGiveTo(database.uid, database.gid)) return true;
  if ((database.mode & GROUP_WRITE) === 0) return false;
  if ((database.mode & OTHERS_WRITE) !== 0) return true;
  const inherits = user.inheritsGroup || (directory.mode & SETGID) !== 0;
  return (inherits ? directory.gid : user.gid) === database.gid;
}

/** Whether the owner of a database can write to a file beside it, as far as owner, group and mode tell. */
export function ownerCanWrite(database: Owned, companion: Owned): boolean {
  if (companion.uid === database.uid || database.uid === 0) return true;
  if ((companion.mode & GROUP_WRITE) === 0) return false;
  return companion.gid === database.gid || (companion.mode & OTHERS_WRITE) !== 0;
}

/** The user that runs this process; undefined where the system knows no such users (Windows). */
export function currentUser(): ProcessUser | undefined {
  const [uid, gid] = [process.geteuid?.(), process.getegid?.()];
  if (uid === undefined || gid === undefined) return undefined;
  return { uid, gid, inheritsGroup: process.platform !== "linux", mayGiveTo };
}

/** What Linux says of the rights of a process. */
export interface ProcessRights {
  readonly status: string;
  readonly uidMap: string;
  readonly gidMap: string;
}

/** Whether root may give a file to a user and group: it needs the capability, and its namespace must know both. */
export function canGiveTo(rights: ProcessRights, uid: number, gid: number): boolean {
  const capabilities = /^CapEff:\s*([0-9a-f]+)$/m.exec(rights.status)?.[1] ?? "0";
  const hasCapability = (BigInt(`0x${capabilities}`) & CAP_CHOWN) !== 0n;
  return hasCapability && knowsId(rights.uidMap, uid) && knowsId(rights.gidMap, gid);
}

/** @param map lines of "first id inside, first id outside, count", as in `/proc/self/uid_map` */
function knowsId(map: string, id: number): boolean {
  const ranges = map
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const isWhole = ranges.some(([inside, outside, count = 0]) => inside === 0 && outside === 0 && count > 1e9);
  if (isWhole) return true;
  if (id === OVERFLOW_ID) return false;
  return ranges.some(([inside = 0, , count = 0]) => id >= inside && id < inside + count);
}

function mayGiveTo(uid: number, gid: number): boolean {
  // Elsewhere root is root.
  if (process.platform !== "linux") return true;
  const read = (name: string): string => readFileSync(`/proc/self/${name}`, "utf8");
  try {
    return canGiveTo({ status: read("status"), uidMap: read("uid_map"), gidMap: read("gid_map") }, uid, gid);
  } catch {
    // Without /proc nothing says that root is restricted, and mostly it is not.
    return true;
  }
}

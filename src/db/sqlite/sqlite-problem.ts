/** What to say of an error of SQLite. Result codes: https://www.sqlite.org/rescode.html */
import { dirname } from "node:path";

import type { Problem } from "../problem.ts";
import { shellWord, visible } from "../shell-word.ts";
import { explainMalformedSchema, explainMissingPart } from "./explain-schema.ts";
import { FileError } from "./file-error.ts";
import { explainFile } from "./file-problem.ts";
import { findObstacle } from "./surroundings.ts";

/** The lowest byte of an extended result code is the primary one. */
const PRIMARY_CODE = 0xff;

const SQLITE_ERROR = 1;
const SQLITE_NOMEM = 7;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_PROTOCOL = 15;
const SQLITE_NOLFS = 22;
const SQLITE_NOTADB = 26;
const SQLITE_READONLY_RECOVERY = 264;
const SQLITE_READONLY_CANTLOCK = 520;
const SQLITE_READONLY_ROLLBACK = 776;
const SQLITE_READONLY_DBMOVED = 1032;
const SQLITE_READONLY_CANTINIT = 1288;
const SQLITE_READONLY_DIRECTORY = 1544;
const SQLITE_IOERR_SHMSIZE = 4874;

export interface SqliteFailure {
  /** The extended result code. */
  readonly errno: number;
  readonly message: string;
}

/**
 * @param path of the database, as the operator knows it
 * @param table the one to follow
 */
export function explainSqlite(thrown: SqliteFailure, path: string, table: string): Problem {
  const malformed = explainMalformedSchema(thrown.message, path);
  if (malformed !== undefined) return malformed;
  // The words of SQLite contain names of the database.
  const failure = { errno: thrown.errno, message: visible(thrown.message) };
  if (failure.errno === SQLITE_IOERR_SHMSIZE) return diskFull(path);
  switch (failure.errno & PRIMARY_CODE) {
    case SQLITE_ERROR:
      return explainMissingPart(thrown.message, path, table) ?? explainQuery(failure, path);
    case SQLITE_NOMEM:
      return error(
        `${visible(path)} can't be read: there is not enough memory.`,
        "Give the process more memory, or end other programs.",
        "Tailboard tries again by itself.",
      );
    case SQLITE_READONLY:
      return explainReadOnly(failure, path);
    case SQLITE_IOERR:
      return inputOutput(failure.message, path);
    case SQLITE_CORRUPT:
      return error(
        `${visible(path)} is damaged: ${failure.message}.`,
        `Look at it with: sqlite3 ${shellWord(path)} 'PRAGMA integrity_check'; restore it with sqlite3's .recover or from a backup.`,
        "Tailboard goes on by itself.",
      );
    case SQLITE_FULL:
      return diskFull(path);
    case SQLITE_CANTOPEN:
      return explainCantOpen(failure, path);
    case SQLITE_PROTOCOL:
      return error(
        `${visible(path)} can't be locked as SQLite needs it: ${failure.message}.`,
        "This happens when many programs open the database at once, and on a network file system whose locks don't work. In the first case it passes; in the second run Tailboard on the machine that has the disk.",
      );
    case SQLITE_NOLFS:
      return error(
        `${visible(path)} is larger than its file system can handle.`,
        "Move the database to a file system with support for large files, or delete rows and run VACUUM.",
      );
    case SQLITE_NOTADB:
      return error(
        `${visible(path)} is not a SQLite database (or it is encrypted).`,
        "Give the path of the database that your programs write to.",
        "Tailboard goes on as soon as one is there.",
      );
    default:
      return unknownFailure(failure.message, path);
  }
}

/** An error of the disk or the file system. @param message the words of SQLite or of the system */
export function inputOutput(message: string, path: string): Problem {
  return error(
    `${visible(path)} can't be read from the disk: ${message}.`,
    "The disk or the file system has failed: look at the messages of the system (dmesg, or journalctl -k).",
    "Tailboard tries again by itself.",
  );
}

/** An error that says nothing of the database. */
export function unknownFailure(message: string, path: string): Problem {
  return error(
    `${visible(path)} can't be read: ${message}.`,
    "If this stays, it may be a fault of Tailboard: please report it with these words.",
    "Tailboard tries again by itself.",
  );
}

/** The file can be read, and yet the question can't be answered. */
function explainQuery({ message }: SqliteFailure, path: string): Problem {
  if (message.includes("unsupported file format"))
    return error(
      `${visible(path)} can't be read: ${message}.`,
      "A newer version of SQLite has written it: update Bun, which brings its own SQLite.",
    );
  return error(
    `${visible(path)} can't be asked for events: ${message}.`,
    "If --table names a view, make sure that what it is made of is there: tables, columns, functions and modules.",
    "Tailboard tries again by itself.",
  );
}

function explainReadOnly({ errno, message }: SqliteFailure, path: string): Problem {
  const name = visible(path);
  switch (errno) {
    case SQLITE_READONLY_RECOVERY:
    case SQLITE_READONLY_ROLLBACK:
      return error(
        `${name} was left in the middle of a transaction by a writer that died.`,
        `Only a writer may bring it in order: start yours, or run, as its user: sqlite3 ${shellWord(path)} 'SELECT 1'.`,
        "Tailboard waits for it.",
      );
    case SQLITE_READONLY_CANTLOCK:
    case SQLITE_READONLY_CANTINIT:
      return error(
        `${name} can't be read: its -shm file can't be written to, and no writer has it open.`,
        `Let the user that runs Tailboard write to ${shellWord(`${path}-shm`)}, or run it as the user that owns the database. Otherwise it can be read as soon as a writer has the database open.`,
      );
    case SQLITE_READONLY_DBMOVED:
      return error(
        `${name} was moved or removed while it was open.`,
        "Put the database back under its path.",
        "Tailboard goes on as soon as it is there.",
      );
    case SQLITE_READONLY_DIRECTORY:
      return explainCantOpen({ errno, message }, path);
    default:
      return unknownFailure(message, path);
  }
}

/** SQLite does not say which file it could not open, nor why. */
function explainCantOpen({ message }: SqliteFailure, path: string): Problem {
  const directory = dirname(path);
  switch (findObstacle(path)) {
    case "too-many-open-files":
      return explainFile(new FileError("too-many-open-files", path), path);
    case "disk-full":
      return diskFull(path);
    case "read-only-file-system":
      return error(
        `${visible(path)} can't be opened: in WAL mode a reader creates files beside it, and its file system is mounted read-only.`,
        `Mount it for writing, or follow a copy that is not in WAL mode. Tailboard itself never writes to the database.`,
      );
    case "unwritable-directory":
      return error(
        `${visible(path)} can't be opened: ${message}.`,
        `In WAL mode a reader also needs ${visible(path)}-wal and ${visible(path)}-shm, and creates them: let the user that runs Tailboard write to the directory ${shellWord(directory)}, or run it as the user that the writers run as.`,
      );
    case undefined:
      return error(
        `${visible(path)} can't be opened: ${message}.`,
        `Look at the files beside it: ls -l ${shellWord(directory)}. The user that runs Tailboard must be able to read ${visible(path)}-wal and ${visible(path)}-shm where they are there.`,
        "Tailboard tries again by itself.",
      );
  }
}

function diskFull(path: string): Problem {
  return error(
    `${visible(path)} can't be read: the disk is full, and SQLite needs room for a file beside it.`,
    `Make room: df -h ${shellWord(dirname(path))} shows how much there is.`,
    "Tailboard goes on by itself.",
  );
}

function error(problem: string, advice: string, outlook?: string): Problem {
  return { state: "error", problem, advice, ...(outlook === undefined ? {} : { outlook }) };
}

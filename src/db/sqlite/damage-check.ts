/**
 * Finds out whether a file that is open could still be opened. In WAL mode what is open goes on from SQLite's cache for as
 * long as nobody commits: it never learns of bytes that something else than SQLite has written over the file.
 */
import { SQLiteError } from "bun:sqlite";

import { type Connection, openReadOnly } from "./connection.ts";

/** The lowest byte of an extended result code of SQLite is the primary one. */
const PRIMARY_CODE = 0xff;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/**
 * Between two checks: each opens the file, which takes about 1 ms, and many reads may fail in a row where one page in
 * the middle is damaged. In ms.
 */
const PAUSE_MS = 2000;

export interface DamageCheckTarget {
  /** Of the database. */
  readonly path: string;
  /** Reads what a look at the table reads. @throws what SQLite says */
  read(connection: Connection): void;
  /** Runs a check as soon as the database may be read. */
  whenReadable(check: () => void): void;
  onDamage(error: unknown): void;
}

export class DamageCheck implements Disposable {
  readonly #target: DamageCheckTarget;
  #timer: Timer | undefined;
  #isWaitingToRead = false;
  #checkedAtMs = -Infinity;

  constructor(target: DamageCheckTarget) {
    this.#target = target;
  }

  /** To be called when a read failed: checks in a turn of its own, and not again for a while. */
  soon(): void {
    if (this.#timer !== undefined || this.#isWaitingToRead) return;
    const pauseMs = Math.max(0, this.#checkedAtMs + PAUSE_MS - performance.now());
    this.#timer = setTimeout(() => this.#wait(), pauseMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    this.#timer = undefined;
    this.#isWaitingToRead = true;
    this.#target.whenReadable(() => {
      this.#isWaitingToRead = false;
      this.#check();
    });
  }

  #check(): void {
    this.#checkedAtMs = performance.now();
    try {
      // Beside what is open, whose cache it does not share.
      using connection = openReadOnly(this.#target.path);
      this.#target.read(connection);
    } catch (error) {
      // Whatever else keeps it from being opened twice is no reason to close it.
      if (isDamage(error)) this.#target.onDamage(error);
    }
  }
}

function isDamage(error: unknown): boolean {
  if (!(error instanceof SQLiteError)) return false;
  const code = error.errno & PRIMARY_CODE;
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}

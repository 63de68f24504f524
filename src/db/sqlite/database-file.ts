/** The database file: its connection, its companions, how it is doing, and when it may be read. */
import { resolve } from "node:path";

import { Backoff } from "../backoff.ts";
import type { Problem } from "../problem.ts";
import type { Condition } from "./condition.ts";
import { type Connection, openReadOnly } from "./connection.ts";
import { hasHotJournal } from "./journal.ts";
import { LogFiles } from "./log-files.ts";
import { ReadGate } from "./read-gate.ts";

/** Between two tries to open the file that notifications ask for. In ms. */
const OPEN_PAUSE_MS = 50;

export class DatabaseFile implements Disposable {
  /** As given, made absolute; a link may lead elsewhere later. */
  readonly path: string;
  readonly condition: Condition;
  readonly gate: ReadGate;
  /** Plans the next try to open the file, where nothing will announce that it can be opened. */
  readonly backoff: Backoff;
  readonly #retry: () => void;
  readonly #releaseOthers: () => Promise<void> | undefined;
  /** Others still hold it: it is opened when they have let go. */
  #isAwaitingRelease = false;
  #isDisposed = false;
  #connection: Connection | undefined;
  #files: LogFiles | undefined;
  /** The last write to the file before the last look at it. */
  #writtenBefore = "";
  #triedAtMs = -Infinity;

  /**
   * @param retry called when it is time to open the file again
   * @param releaseOthers has others let go of it; returns undefined where nobody holds it
   */
  constructor(
    path: string,
    condition: Condition,
    retry: () => void,
    releaseOthers: () => Promise<void> | undefined = () => undefined,
  ) {
    this.path = resolve(path);
    this.condition = condition;
    this.#retry = retry;
    this.#releaseOthers = releaseOthers;
    this.backoff = new Backoff(retry);
    this.gate = new ReadGate({
      // Unknown until it is open: then the gentler way, since opening takes locks too.
      isWal: () => this.isWal,
      hasHotJournal: () => hasHotJournal(this.realPath),
    });
  }

  /** With links resolved, while it is open. */
  get realPath(): string {
    return this.#connection?.realPath ?? this.path;
  }

  get isWal(): boolean {
    return this.#connection?.journalMode === "wal";
  }

  get journalMode(): string | null {
    return this.#connection?.journalMode ?? null;
  }

  /** Whether opening it was tried so recently that a notification may come from that very try. */
  get wasTriedJustNow(): boolean {
    return performance.now() - this.#triedAtMs < OPEN_PAUSE_MS;
  }

  /**
   * To be called before it is opened: has others let go of it, whose old handles are as bad as our own.
   * @returns whether it may be opened now; otherwise it is time to open it when they have let go
   */
  isReleased(): boolean {
    if (this.#isAwaitingRelease) return false;
    const released = this.#releaseOthers();
    if (released === undefined) return true;
    this.#isAwaitingRelease = true;
    void this.#retryAfter(released);
    return false;
  }

  /**
   * Opens it, and whatever is to be opened of it.
   * @param openPart called with the connection; where it throws, the file is closed again
   * @throws FileError, SQLiteError, or what `openPart` throws
   */
  open<T>(openPart: (connection: Connection) => T): T {
    this.close();
    this.#triedAtMs = performance.now();
    const connection = openReadOnly(this.path);
    try {
      const part = openPart(connection);
      this.#files = new LogFiles(this.path, connection.realPath, connection.inode);
      this.#connection = connection;
      this.#writtenBefore = "";
      return part;
    } catch (error) {
      connection[Symbol.dispose]();
      throw error;
    }
  }

  /** All handles go: an old one beside a new one would bring back what a lost `-shm` knew. */
  close(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#files = undefined;
    connection?.[Symbol.dispose]();
  }

  /** Whether the path still leads to the files that are open. */
  hasSameFiles(): boolean {
    return this.#files?.areSame() === true;
  }

  /**
   * Runs a look, and remembers until when the file is known.
   * @throws SQLiteError, as the look does: a look that met a lock has seen nothing
   */
  look<T>(look: () => T): T {
    const lastWrite = this.isWal ? "" : (this.#files?.lastWrite() ?? "");
    const found = look();
    this.#writtenBefore = lastWrite;
    return found;
  }

  /**
   * Whether nobody has written to the file since the last look, as far as that can be told without a lock. In the
   * rollback modes every commit writes to it.
   */
  isUntouched(): boolean {
    return !this.isWal && this.#files !== undefined && this.#files.lastWrite() === this.#writtenBefore;
  }

  /** SQLite refused a read: a writer holds it. */
  noteLocked(): void {
    this.condition.noteBusy();
    this.gate.noteLocked();
  }

  /** A read went through. @param flaw what is to be told nevertheless */
  noteRead(flaw: Problem | undefined): void {
    this.condition.noteWell(flaw);
    this.gate.noteRead();
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.backoff[Symbol.dispose]();
    this.gate[Symbol.dispose]();
    this.condition[Symbol.dispose]();
    this.close();
  }

  async #retryAfter(released: Promise<void>): Promise<void> {
    await released;
    this.#isAwaitingRelease = false;
    if (!this.#isDisposed) this.#retry();
  }
}

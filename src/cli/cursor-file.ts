/**
 * Remembers what was printed, so that the next run goes on after it. One record of a fixed size is written over in
 * place, in one call, after each line: a process that is killed leaves the record of before or that of after.
 * Why not a new file that is renamed: docs/decisions/cursor-file.md
 */
import { closeSync, fdatasync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";

import type { EventId } from "../events.ts";
import { codeOf, StartFailure, wordsOf } from "../process/failure.ts";
import { parseId } from "../rows/event-id.ts";

/** The last event that was printed, and how it is recognised. */
export interface PrintedCursor {
  /** The name of the log, as in a stream's `hello`. */
  readonly log: string;
  readonly id: EventId;
  /** A row at or before the cursor by which the log is recognised under another name. Its id, and what it looked like. */
  readonly landmark: { readonly id: EventId; readonly look: string } | undefined;
}

/** Whole sectors of a disk are written or not. In bytes. */
const RECORD_BYTES = 512;

/** What a crash of the whole machine may take back: the file is made safe so often. In ms. */
const SYNC_MS = 1000;

const VERSION = 1;

export class CursorFile implements Disposable {
  readonly #path: string;
  readonly #fd: number;
  #syncTimer: Timer | undefined;
  #isDirty = false;

  /**
   * Opens the file, or creates it.
   * @throws StartFailure where it can't be written, or is something else
   */
  static open(path: string): { file: CursorFile; cursor: PrintedCursor | undefined } {
    try {
      const fd = openFile(path);
      // What is no file would keep a reader waiting, and what is larger is no cursor.
      const stat = fstatSync(fd);
      const text = stat.isFile() && stat.size <= RECORD_BYTES ? readFileSync(fd, "utf8") : "something else";
      const cursor = parseRecord(text, path);
      const file = new CursorFile(path, fd);
      if (text === "") file.#reserve();
      return { file, cursor };
    } catch (error) {
      if (error instanceof StartFailure) throw error;
      throw new StartFailure(
        `can't use ${path} for the cursor: ${wordsOf(error)}`,
        "give a file that may be written, in a directory that exists",
      );
    }
  }

  private constructor(path: string, fd: number) {
    this.#path = path;
    this.#fd = fd;
  }

  /** @throws StartFailure where it can't be written */
  write(cursor: PrintedCursor): void {
    this.prepare(cursor)();
  }

  /**
   * Makes the record of a cursor ready, so that between the line and its cursor there is nothing but the two writes.
   * @returns what writes it, which throws StartFailure where it can't
   */
  prepare({ log, id, landmark }: PrintedCursor): () => void {
    const fields = {
      tailboardCursor: VERSION,
      log,
      id: String(id),
      ...(landmark === undefined ? {} : { row: String(landmark.id), look: landmark.look }),
    };
    const record = `${JSON.stringify(fields).padEnd(RECORD_BYTES - 1)}\n`;
    if (Buffer.byteLength(record) > RECORD_BYTES)
      throw new StartFailure(
        `can't remember the cursor in ${this.#path}: the name of the log is too long`,
        "go on without --cursor",
      );
    const bytes = Buffer.from(record);
    return () => {
      this.#put(bytes);
      this.#isDirty = true;
      this.#syncTimer ??= setInterval(() => this.#sync(), SYNC_MS).unref();
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#syncTimer);
    if (this.#isDirty) fsyncSync(this.#fd);
    closeSync(this.#fd);
  }

  /** Takes the room on the disk: writing over it needs none. */
  #reserve(): void {
    this.#put(Buffer.from(`${" ".repeat(RECORD_BYTES - 1)}\n`));
    fsyncSync(this.#fd);
  }

  #put(record: Uint8Array): void {
    try {
      writeSync(this.#fd, record, 0, record.length, 0);
    } catch (error) {
      throw new StartFailure(
        `can't write the cursor to ${this.#path}: ${wordsOf(error)}`,
        "what was printed last may be printed again",
      );
    }
  }

  #sync(): void {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    // In a thread of Bun's: a disk takes its time. Where it fails, the next write does too, and tells.
    fdatasync(this.#fd, (error) => {
      if (error !== null) this.#isDirty = true;
    });
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, "r+");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    return openSync(path, "wx+", 0o600);
  }
}

/** @throws StartFailure where it is something else: a slip must not overwrite it */
function parseRecord(text: string, path: string): PrintedCursor | undefined {
  if (text.trim() === "") return undefined;
  const fields = parseFields(text);
  const id = parseId(String(fields?.["id"]));
  const log = fields?.["log"];
  if (fields?.["tailboardCursor"] !== VERSION || id === undefined || typeof log !== "string")
    throw new StartFailure(
      `${path} holds something else than a cursor`,
      "give another file to --cursor, or remove this one",
    );
  const row = parseId(String(fields["row"]));
  const look = fields["look"];
  return {
    log,
    id,
    landmark: row === undefined || typeof look !== "string" ? undefined : { id: row, look },
  };
}

function parseFields(text: string): Record<string, unknown> | undefined {
  try {
    const fields: unknown = JSON.parse(text);
    return typeof fields === "object" && fields !== null ? { ...fields } : undefined;
  } catch {
    // No JSON: it is something else.
    return undefined;
  }
}

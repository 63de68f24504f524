/** Lines for standard output, which may take its time, take nothing, or fail. It never holds the process up. */
import { write } from "node:fs";

/**
 * What may wait for a reader, in bytes: some thousand lines. Further lines are dropped and counted, and the count is
 * told once it flows again.
 */
export const OUTPUT_BUDGET_BYTES = 1_048_576;

/** What one write takes at most: what a pipe of Linux holds. */
const MAX_WRITE_BYTES = 65_536;

/** How long to wait where the other end shares the file with a program that made it non-blocking, and it is full. */
const RETRY_MS = 50;

export interface OutputOptions {
  /** Writes once, and tells how many bytes were taken. Must not block. */
  readonly write: (bytes: Uint8Array, done: (error: Error | null, writtenBytes: number) => void) => void;
  /** So many lines are missing here; what this prints stands in their place. */
  readonly onDropped: (lines: number) => void;
  /** Lines can't be written. Told once, until a line was written again. */
  readonly onFailure: (error: Error) => void;
}

/**
 * Writes to a file of this process in a thread of Bun's. `console.log` and `Bun.stdout.writer()` can block the whole
 * process: the one on a full pipe, the other on a terminal that was stopped; and the other one makes the pipe
 * non-blocking for every program that shares it.
 */
export function writeToFile(fd: number): OutputOptions["write"] {
  return (bytes, done) => write(fd, bytes, done);
}

export class Output {
  readonly #options: OutputOptions;
  /** Lines that no write has taken yet, each with its line break. */
  #lines: string[] = [];
  #linesBytes = 0;
  /** What is being written: one write at a time keeps the order. */
  #chunk: { bytes: Uint8Array; readonly lines: number } | undefined;
  #droppedLines = 0;
  #hasFailed = false;
  #onEmpty: (() => void)[] = [];

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  /** What was printed and is not written yet. */
  get waitingBytes(): number {
    return this.#linesBytes + (this.#chunk?.bytes.length ?? 0);
  }

  /** Prints a line, or counts it as dropped. */
  print(line: string): void {
    const bytes = Buffer.byteLength(line) + 1;
    // After a line that was dropped, others wait for the count to be told: it stands where lines are missing.
    const isDropping = this.#droppedLines > 0 && this.#chunk !== undefined;
    if (isDropping || this.waitingBytes + bytes > OUTPUT_BUDGET_BYTES) {
      this.#droppedLines++;
      return;
    }
    this.#lines.push(`${line}\n`);
    this.#linesBytes += bytes;
    this.#writeNext();
  }

  /**
   * Waits until everything is written.
   * @param deadlineMs how long, at most: a pipe that nobody reads must not keep the process from ending
   */
  async flush(deadlineMs: number): Promise<void> {
    if (this.waitingBytes === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onEmpty.push(resolve);
    const timer = setTimeout(resolve, deadlineMs);
    await promise;
    clearTimeout(timer);
  }

  #writeNext(): void {
    if (this.#chunk !== undefined) return;
    let lines = 0;
    for (let bytes = 0; lines < this.#lines.length; lines++) {
      bytes += Buffer.byteLength(this.#lines[lines] ?? "");
      if (bytes > MAX_WRITE_BYTES && lines > 0) break;
    }
    if (lines === 0) return;
    const bytes = new TextEncoder().encode(this.#lines.splice(0, lines).join(""));
    this.#linesBytes -= bytes.length;
    this.#chunk = { bytes, lines };
    this.#writeChunk(this.#chunk);
  }

  #writeChunk(chunk: { bytes: Uint8Array; readonly lines: number }): void {
    this.#options.write(chunk.bytes, (error, writtenBytes) => {
      if (error !== null && !("code" in error && error.code === "EAGAIN"))
        return this.#fail(error, chunk.lines);
      const taken = error === null ? writtenBytes : 0;
      chunk.bytes = chunk.bytes.subarray(taken);
      if (chunk.bytes.length === 0) return this.#goOn();
      if (taken > 0) this.#writeChunk(chunk);
      else setTimeout(() => this.#writeChunk(chunk), RETRY_MS);
    });
  }

  #goOn(): void {
    this.#chunk = undefined;
    this.#hasFailed = false;
    // Where half of the budget is free there is room for the line that tells.
    if (this.#droppedLines > 0 && this.waitingBytes <= OUTPUT_BUDGET_BYTES / 2) {
      const lines = this.#droppedLines;
      this.#droppedLines = 0;
      this.#options.onDropped(lines);
    }
    this.#writeNext();
    this.#tellIfEmpty();
  }

  /** The reader has gone, or the disk is full. The next line is another try: nothing is tried without one. */
  #fail(error: Error, chunkLines: number): void {
    this.#chunk = undefined;
    this.#droppedLines += chunkLines + this.#lines.length;
    this.#lines = [];
    this.#linesBytes = 0;
    if (!this.#hasFailed) this.#options.onFailure(error);
    this.#hasFailed = true;
    this.#tellIfEmpty();
  }

  #tellIfEmpty(): void {
    if (this.waitingBytes > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }
}

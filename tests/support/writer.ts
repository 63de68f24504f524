/** Another process that writes to a database. */
import { join } from "node:path";

export class Writer implements AsyncDisposable {
  readonly #process: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #answers: AsyncIterator<string>;

  /**
   * @param busyTimeoutMs how long it waits for a lock; with 0 it fails at once, which is SQLite's default
   * @param under a command to run it under
   */
  constructor(path: string, busyTimeoutMs = 5000, under: readonly string[] = []) {
    this.#process = Bun.spawn(
      [...under, process.execPath, join(import.meta.dir, "writer-process.ts"), path, String(busyTimeoutMs)],
      { stdin: "pipe", stdout: "pipe", stderr: "inherit" },
    );
    this.#answers = lines(this.#process.stdout);
  }

  /**
   * Runs statements, several in one transaction.
   * @returns when each transaction was committed, in milliseconds since the epoch
   * @throws Error with the words of SQLite
   */
  async run(sql: string | readonly string[], { times = 1, gapMs = 0 } = {}): Promise<number[]> {
    await this.#process.stdin.write(
      `${JSON.stringify({ sql: typeof sql === "string" ? [sql] : sql, times, gapMs })}\n`,
    );
    await this.#process.stdin.flush();
    const answer = await this.#answers.next();
    if (answer.done === true) throw new Error("the writer ended");
    const { committedAt, error }: { committedAt?: number[]; error?: string } = JSON.parse(answer.value);
    if (committedAt === undefined) throw new Error(`writer: ${error}`);
    return committedAt;
  }

  /** Inserts events of the documented table, each in a transaction of its own. */
  insert(times = 1, gapMs = 0): Promise<number[]> {
    return this.run("INSERT INTO events(event_type, summary) VALUES ('test', 'written by another process')", {
      times,
      gapMs,
    });
  }

  /** Inserts rows into a table with nothing but an id and a note. */
  async insertNotes(...notes: string[]): Promise<void> {
    for (const note of notes) await this.run(`INSERT INTO events(note) VALUES ('${note}')`);
  }

  /** Closes the database properly and ends the process. */
  async close(): Promise<void> {
    await this.#process.stdin.end();
    await this.#process.exited;
  }

  /** Ends the process with SIGKILL, in the middle of whatever it does. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** The lines of a stream of text. */
export async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    rest += decoder.decode(chunk, { stream: true });
    const complete = rest.split("\n");
    rest = complete.pop() ?? "";
    yield* complete;
  }
  if (rest !== "") yield rest;
}

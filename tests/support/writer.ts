/** Another process that writes to a database. */
import { join } from "node:path";

const INSERT = "INSERT INTO events(event_type, summary) VALUES ('test', 'written by another process')";

export interface Written {
  /** In milliseconds since the epoch. */
  readonly committedAt: number[];
  readonly refused: number;
}

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
    const statements = typeof sql === "string" ? [sql] : sql;
    return (await this.#ask({ sql: statements, times, gapMs, stubborn: false })).committedAt;
  }

  /** Inserts events of the documented table, each in a transaction of its own. */
  insert(times = 1, gapMs = 0): Promise<number[]> {
    return this.run(INSERT, { times, gapMs });
  }

  /** The same, and an insert that is refused because the database is locked is counted and tried again at once. */
  insertStubbornly(times: number, gapMs: number): Promise<Written> {
    return this.#ask({ sql: [INSERT], times, gapMs, stubborn: true });
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

  async #ask(command: object): Promise<Written> {
    await this.#process.stdin.write(`${JSON.stringify(command)}\n`);
    await this.#process.stdin.flush();
    const answer = await this.#answers.next();
    if (answer.done === true) throw new Error("the writer ended");
    const written: Written & { error?: string } = JSON.parse(answer.value);
    if (written.error !== undefined) throw new Error(`writer: ${written.error}`);
    return written;
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

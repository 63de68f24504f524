/** `tailboard tail` and the other commands, as processes of their own. */
import { join } from "node:path";

import { until } from "./until.ts";
import { lines } from "./writer.ts";

const SERVER = join(import.meta.dir, "../../src/server.ts");

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Where its standard output goes; a pipe that is read where it is left out. */
  readonly stdout?: number;
  readonly cwd?: string;
}

export class Command implements AsyncDisposable {
  /** Its lines so far, without line breaks. */
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly process: Bun.Subprocess<"ignore", "pipe" | number, "pipe">;
  readonly #read: Promise<unknown>;
  /** Aborts to close the pipe of its standard output. */
  readonly #reading = new AbortController();
  #hasExited = false;
  #isClosed = false;

  constructor(args: readonly string[], { env = {}, stdout, cwd }: CommandOptions = {}) {
    this.process = Bun.spawn([process.execPath, SERVER, ...args], {
      stdin: "ignore",
      stdout: stdout ?? "pipe",
      stderr: "pipe",
      ...(cwd === undefined ? {} : { cwd }),
      // What the surroundings set must not reach the tests.
      env: { PATH: process.env["PATH"], ...env },
    });
    const output: unknown = this.process.stdout;
    this.#read = Promise.all([
      output instanceof ReadableStream ? this.#collect(output) : undefined,
      collect(this.process.stderr, this.errors),
    ]);
    void this.process.exited.then(() => (this.#hasExited = true));
  }

  /** The rows among its lines, as they came. */
  get events(): Record<string, unknown>[] {
    return this.#json.filter((line) => !("$tailboard" in line));
  }

  /** The lines that are no rows. */
  get notices(): Record<string, unknown>[] {
    return this.#json.filter((line) => "$tailboard" in line);
  }

  get ids(): unknown[] {
    return this.events.map(({ id }) => id);
  }

  async waitForEvents(count: number, timeoutMs?: number): Promise<void> {
    await until(
      () => this.events.length >= count || this.#failIfEnded(),
      `${count} events of the command, got ${this.events.length}: ${this.errors.join("; ")}`,
      timeoutMs,
    );
  }

  async waitForError(part: string): Promise<void> {
    await until(() => this.errors.some((line) => line.includes(part)), `${part} on standard error`);
  }

  /** Closes its standard output, as a program does that has read enough. */
  async stopReading(): Promise<void> {
    this.#reading.abort();
    await until(() => this.#isClosed, "the pipe to be closed");
  }

  /** Waits until it ends by itself. @returns the exit status */
  async end(timeoutMs?: number): Promise<number | null> {
    await until(() => this.#hasExited, "the command to end", timeoutMs);
    await this.#read;
    return this.process.exitCode;
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    this.process.kill(signal);
    await this.process.exited;
    await this.#read;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasExited) await this.kill();
  }

  get #json(): Record<string, unknown>[] {
    return this.lines.map((line) => {
      const fields: Record<string, unknown> = JSON.parse(line);
      return fields;
    });
  }

  async #collect(output: ReadableStream<Uint8Array>): Promise<void> {
    const reader = output.getReader();
    this.#reading.signal.addEventListener("abort", () => void reader.cancel());
    const chunks = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    });
    await collect(chunks, this.lines);
    this.#isClosed = true;
  }

  #failIfEnded(): false {
    if (this.#hasExited)
      throw new Error(`the command ended with ${this.process.exitCode}: ${this.errors.join("; ")}`);
    return false;
  }
}

async function collect(stream: ReadableStream<Uint8Array>, into: string[]): Promise<void> {
  for await (const line of lines(stream)) into.push(line);
}

/** Runs a command to its end. */
export async function runCommand(
  args: readonly string[],
  options?: CommandOptions,
): Promise<{ status: number | null; lines: readonly string[]; errors: readonly string[] }> {
  await using command = new Command(args, options);
  const status = await command.end();
  return { status, lines: command.lines, errors: command.errors };
}

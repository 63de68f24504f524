/** A program that is told one line of JSON at a time and answers each with one. */
import { lines } from "../../tests/support/writer.ts";

export class LineProcess implements AsyncDisposable {
  readonly #process: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #answers: AsyncIterator<string>;
  readonly #name: string;

  /** @param args the script and its arguments */
  constructor(name: string, args: readonly string[]) {
    this.#name = name;
    this.#process = Bun.spawn([process.execPath, ...args], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
    });
    this.#answers = lines(this.#process.stdout);
  }

  get pid(): number {
    return this.#process.pid;
  }

  async ask<T>(command: object): Promise<T> {
    await this.#process.stdin.write(`${JSON.stringify(command)}\n`);
    await this.#process.stdin.flush();
    return this.next<T>();
  }

  /** The next line that it prints. */
  async next<T>(): Promise<T> {
    const answer = await this.#answers.next();
    if (answer.done === true) throw new Error(`${this.#name} ended`);
    const value: T = JSON.parse(answer.value);
    return value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }
}

/** Clients in a process of their own, so that their work is not the server's. */
import { join } from "node:path";

import { lines } from "../../tests/support/writer.ts";

export interface Received {
  readonly ids: readonly string[];
  readonly receivedAt: readonly number[];
}

export class Clients implements AsyncDisposable {
  readonly #process: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #answers: AsyncIterator<string>;

  private constructor(url: string, count: number) {
    this.#process = Bun.spawn(
      [process.execPath, join(import.meta.dir, "client-process.ts"), url, String(count)],
      {
        stdin: "pipe",
        stdout: "pipe",
        stderr: "inherit",
        // Without it, fetch holds 256 connections at most.
        env: { ...process.env, BUN_CONFIG_MAX_HTTP_REQUESTS: String(count + 1) },
      },
    );
    this.#answers = lines(this.#process.stdout);
  }

  /** Opens so many streams and waits for the hello of each. */
  static async open(url: string, count: number): Promise<Clients> {
    const clients = new Clients(url, count);
    await clients.#answers.next();
    return clients;
  }

  /** What each client received since the last time. */
  async take(): Promise<Received[]> {
    await this.#process.stdin.write("take\n");
    await this.#process.stdin.flush();
    const answer = await this.#answers.next();
    if (answer.done === true) throw new Error("the clients ended");
    const received: Received[] = JSON.parse(answer.value);
    return received;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }
}

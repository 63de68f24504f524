/** `tailboard tail --json --cursor FILE`, which is killed in the middle of its work and started again. */
import { join } from "node:path";

import { lines } from "../../tests/support/writer.ts";
import { ReaderView } from "./reader-view.ts";

const SERVER = join(import.meta.dir, "../../src/server.ts");

export interface TailFiles {
  readonly path: string;
  readonly cursorFile: string;
}

export class TailReader implements AsyncDisposable {
  readonly view: ReaderView;
  /** Lines that came again after a kill, which is allowed for the one that was being printed. */
  again = 0;
  kills = 0;
  readonly #files: TailFiles;
  #process: Bun.Subprocess<"ignore", "pipe", "ignore">;
  #reading: Promise<void>;

  constructor(name: string, files: TailFiles, type?: string) {
    this.view = new ReaderView(name, 0, type);
    this.#files = files;
    this.#process = this.#spawn();
    this.#reading = this.#read(this.#process.stdout);
  }

  /** With SIGKILL, and another one goes on where it was. */
  async killAndStart(): Promise<void> {
    this.kills++;
    await this.#kill();
    this.#process = this.#spawn();
    this.#reading = this.#read(this.#process.stdout);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kill();
  }

  async #kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
    // What it had printed is still in the pipe.
    await this.#reading;
  }

  #spawn(): Bun.Subprocess<"ignore", "pipe", "ignore"> {
    const { path, cursorFile } = this.#files;
    const question = this.view.type === undefined ? [] : ["--where", `type:${this.view.type}`];
    return Bun.spawn(
      [process.execPath, SERVER, "tail", path, "--json", "--cursor", cursorFile, "--after", "0", ...question],
      // Its problems are lines among the others.
      { stdin: "ignore", stdout: "pipe", stderr: "ignore", env: { PATH: process.env["PATH"] } },
    );
  }

  async #read(output: ReadableStream<Uint8Array>): Promise<void> {
    let isFirst = this.kills > 0;
    for await (const line of lines(output)) {
      // The end of what was being printed when it was killed.
      if (!line.endsWith("}")) continue;
      const message = JSON.parse(line);
      const kind = message.$tailboard;
      if (kind === "reset")
        this.view.reset({ resumedFrom: Number(message.resumedFrom), oldestId: Number(message.oldestId) });
      if (kind === "gap") this.view.faults.push(`a gap was told, and no row was deleted: ${line}`);
      if (kind !== undefined) continue;
      const id = Number(message.id);
      if (isFirst && id === this.view.lastId) this.again++;
      else this.view.take(id, String(message.summary));
      isFirst = false;
    }
  }
}

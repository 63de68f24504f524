/** Another process that inserts rows at a steady rate. */
import { join } from "node:path";

import type { Peer } from "../peers/peer.ts";
import { LineProcess } from "./line-process.ts";

export interface WriteOrder {
  /** Rows a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly rowsPerCommit: number;
  readonly paddingBytes: number;
}

export interface WrittenRows {
  readonly firstId: number;
  /** When each row was committed, in milliseconds since the epoch. */
  readonly committedAt: readonly number[];
  /** How far the last commit was behind the schedule. */
  readonly lateMs: number;
}

export class SteadyWriter implements AsyncDisposable {
  readonly #process: LineProcess;

  private constructor(process: LineProcess) {
    this.#process = process;
  }

  static async start(path: string, peer: Pick<Peer, "feed">): Promise<SteadyWriter> {
    const script = join(import.meta.dir, "steady-writer-process.ts");
    const process = new LineProcess("the writer", [script, path, peer.feed]);
    await process.next();
    return new SteadyWriter(process);
  }

  get pid(): number {
    return this.#process.pid;
  }

  write(order: WriteOrder): Promise<WrittenRows> {
    return this.#process.ask(order);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#process[Symbol.asyncDispose]();
  }
}

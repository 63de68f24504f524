/** Thousands of subscribers, in a process of their own, so that their work is not the server's. */
import { join } from "node:path";

import type { Peer } from "../peers/peer.ts";
import type { Asked } from "./asked.ts";
import { LineProcess } from "./line-process.ts";
import type { ChurnCommand, GroupReport, LoadCommand } from "./load-protocol.ts";

/** How long the last events may take to arrive. Peers that can't keep up are behind by more than they were measured. */
const ARRIVAL_TIMEOUT_MS = 60_000;

export class Load implements AsyncDisposable {
  readonly #process: LineProcess;

  private constructor(process: LineProcess) {
    this.#process = process;
  }

  static async start(peer: Peer): Promise<Load> {
    const script = join(import.meta.dir, "load-process.ts");
    const process = new LineProcess("the load generator", [
      script,
      String(peer.port),
      peer.path,
      peer.idPattern,
    ]);
    await process.next();
    return new Load(process);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /**
   * Opens streams and waits for the head of each response.
   * @param afterId the first event has to be the one after it
   * @param lastEventId what they send as Last-Event-ID
   * @param asked questions that they ask, one after the other
   */
  async open(
    group: string,
    count: number,
    afterId: number,
    lastEventId: number | null = null,
    asked: readonly Asked[] = [],
  ): Promise<void> {
    await this.#tell({ do: "open", group, count, afterId, lastEventId, asked });
    const { refused } = await this.report(group);
    if (refused > 0) throw new Error(`${refused} of ${count} streams were refused`);
  }

  /** Waits until all have an event. @returns false when they don't get it in time */
  arrival(group: string, id: number, timeoutMs = ARRIVAL_TIMEOUT_MS): Promise<boolean> {
    return this.#process.ask({ do: "await", group, id, timeoutMs } satisfies LoadCommand);
  }

  /** Stops reading. */
  pause(group: string): Promise<void> {
    return this.#tell({ do: "pause", group });
  }

  resume(group: string): Promise<void> {
    return this.#tell({ do: "resume", group });
  }

  /** Opens ended streams again, each after the last event that it has. */
  reconnect(group: string): Promise<void> {
    return this.#tell({ do: "reconnect", group });
  }

  close(group: string): Promise<void> {
    return this.#tell({ do: "close", group });
  }

  churn(cycles: number, leave: ChurnCommand["leave"]): Promise<void> {
    return this.#tell({ do: "churn", cycles, leave });
  }

  report(group: string): Promise<GroupReport> {
    return this.#process.ask({ do: "report", group } satisfies LoadCommand);
  }

  /** The records since the last time, see records.ts. */
  async takeRecords(group: string, file: string): Promise<Float64Array> {
    await this.#tell({ do: "records", group, file });
    return new Float64Array(await Bun.file(file).arrayBuffer());
  }

  async #tell(command: LoadCommand): Promise<void> {
    await this.#process.ask(command);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#process[Symbol.asyncDispose]();
  }
}

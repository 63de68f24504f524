/** A server of event streams that is measured. */
import { join } from "node:path";

import { LineProcess } from "../support/line-process.ts";

export interface Peer extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  /** What a subscriber asks for. */
  readonly path: string;
  /** Every process that does its work. */
  readonly pids: readonly number[];
  /** The bytes before an ID on the wire, beginning with a newline. */
  readonly idPattern: string;
  /** How it gets its rows: `lines:PORT`, `post:PORT`, or empty where it reads the database. */
  readonly feed: string;
}

/** The peer can't run on this machine. The reason is one line. */
export class MissingPeer {
  readonly name: string;
  readonly reason: string;

  constructor(name: string, reason: string) {
    this.name = name;
    this.reason = reason;
  }
}

/** Starts a peer that is one of the scripts beside this file, and that prints its ports as JSON. */
export async function startScript(
  name: string,
  script: string,
  args: readonly string[],
  idPattern = "\nid: ",
): Promise<Peer> {
  const process = new LineProcess(name, [join(import.meta.dir, script), ...args]);
  const { port, feedPort } = await process.next<{ port: number; feedPort?: number }>();
  return {
    name,
    port,
    path: "/",
    pids: [process.pid],
    idPattern,
    feed: feedPort === undefined ? "" : `lines:${feedPort}`,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

/** A port that was free a moment ago, for those who can't take port 0 and say which it is. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

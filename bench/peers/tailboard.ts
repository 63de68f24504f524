/** Tailboard itself. */
import { Server } from "../../tests/support/server.ts";
import type { Peer } from "./peer.ts";

export interface TailboardPeer extends Peer {
  readonly server: Server;
}

/** @param under a command to run it under */
export async function startTailboard(
  path: string,
  args: readonly string[],
  under: readonly string[] = [],
): Promise<TailboardPeer> {
  const server = await Server.start([path, ...args], { under });
  return {
    name: "tailboard",
    server,
    port: server.port,
    path: "/api/events/stream",
    pids: [server.process.pid],
    // Not the `id:` field: `hello` has one too, with the cursor that the server has for the client.
    idPattern: '\ndata: {"id":',
    feed: "",
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

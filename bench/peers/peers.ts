/** The servers that are measured side by side. */
import { startNchan } from "./nchan.ts";
import { type MissingPeer, type Peer, startScript } from "./peer.ts";
import { startTailboard } from "./tailboard.ts";

export type PeerName = "tailboard" | "literal" | "better-sse" | "nchan" | "raw TCP";

/** @param path the database, for those that read one. @param args options for Tailboard */
export function startPeer(
  name: PeerName,
  path: string,
  args: readonly string[],
): Promise<Peer | MissingPeer> {
  switch (name) {
    case "tailboard":
      return startTailboard(path, args);
    case "literal":
      return startScript(name, "literal.ts", [path]);
    case "better-sse":
      return startScript(name, "better-sse.ts", [], "\nid:");
    case "raw TCP":
      return startScript(name, "raw-tcp.ts", []);
    case "nchan":
      return startNchan();
  }
}

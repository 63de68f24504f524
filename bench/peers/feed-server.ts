/** The end of the feed in a peer: rows come as lines of JSON over one connection. */

export interface FedRow {
  readonly id: string;
  readonly json: string;
}

/** Listens for rows. @param onRows gets all rows of one read. @returns the port */
export function listenForRows(onRows: (rows: readonly FedRow[]) => void): number {
  let rest = "";
  const decoder = new TextDecoder();
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(_socket, bytes) {
        rest += decoder.decode(bytes, { stream: true });
        const complete = rest.split("\n");
        rest = complete.pop() ?? "";
        if (complete.length > 0) onRows(complete.map((json) => ({ id: /\d+/.exec(json)?.[0] ?? "", json })));
      },
    },
  });
  return listener.port;
}

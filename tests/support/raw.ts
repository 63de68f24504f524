/** Requests as bytes: what no well-behaved client would send. */

/** Above what the server gives a connection that says nothing. */
const DEADLINE_MS = 20_000;

/**
 * Sends bytes on a connection of their own.
 * @returns what came until the server closed it
 * @throws Error where it did not
 */
export async function raw(port: number, bytes: string | Uint8Array, hostname = "127.0.0.1"): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let received = "";
  const timer = setTimeout(
    () => reject(new Error(`still open, with ${JSON.stringify(received)}`)),
    DEADLINE_MS,
  );
  const socket = await Bun.connect({
    hostname,
    port,
    socket: {
      data: (_socket, data) => void (received += data.toString("latin1")),
      close: () => resolve(received),
      error: () => resolve(received),
    },
  });
  socket.write(bytes);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.end();
  }
}

/** A GET of a target as it is written, with further headers as lines. */
export function get(target: string, ...headers: readonly string[]): string {
  return [`GET ${target} HTTP/1.1`, "Host: localhost", "Connection: close", ...headers, "", ""].join("\r\n");
}

/** The status of an answer, or undefined where there is none. */
export function statusOf(answer: string): number | undefined {
  const status = /^HTTP\/1\.[01] (\d{3}) /.exec(answer)?.[1];
  return status === undefined ? undefined : Number(status);
}

/** How rows reach a peer that reads no database: lines of JSON to a port, or one POST each, over a connection that is kept. */
import { connect, type Socket } from "node:net";

export interface Feed {
  publish(rows: readonly string[]): void;
}

/** @param name `lines:PORT` or `post:PORT` */
export async function openFeed(name: string): Promise<Feed> {
  const [kind = "", port = ""] = name.split(":");
  const socket = await open(Number(port));
  if (kind === "lines") return { publish: (rows) => socket.write(`${rows.join("\n")}\n`) };
  // Whoever answers otherwise than 201 or 202 did not take the row.
  socket.on("data", (bytes: Buffer) => {
    const text = bytes.toString("latin1");
    if (/^HTTP\/1\.1 (?!20[12])/m.test(text)) throw new Error(`publishing: ${text}`);
  });
  return {
    publish: (rows) =>
      socket.write(
        rows
          .map(
            (row) =>
              `POST /publish HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(row)}\r\n\r\n${row}`,
          )
          .join(""),
      ),
  };
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => resolve(socket));
    socket.once("error", reject);
  });
}

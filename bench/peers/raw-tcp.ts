/**
 * The limit of the machine: the bytes that Tailboard sends, written to every socket as they come. No HTTP is parsed,
 * no socket is asked whether it takes more, nothing is kept: what the kernel does not take is lost.
 */
import { listenForRows } from "./feed-server.ts";

const HEAD =
  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n";

const sockets = new Set<Bun.Socket>();
const listener = Bun.listen({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    data(socket) {
      socket.write(HEAD);
      sockets.add(socket);
    },
    close: (socket) => void sockets.delete(socket),
  },
});

const feedPort = listenForRows((rows) => {
  const text = Buffer.from(rows.map(({ id, json }) => `id: ${id}\ndata: ${json}\n\n`).join(""));
  const chunk = Buffer.concat([Buffer.from(`${text.length.toString(16)}\r\n`), text, Buffer.from("\r\n")]);
  for (const socket of sockets) socket.write(chunk);
});
console.log(JSON.stringify({ port: listener.port, feedPort }));

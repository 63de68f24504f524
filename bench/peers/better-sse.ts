/** better-sse on Bun, its rows fed into the process: nothing is read, looked for or kept. */
import { createChannel, createResponse } from "better-sse";

import { listenForRows } from "./feed-server.ts";

const channel = createChannel();
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  development: false,
  fetch: (request) =>
    // The rows are JSON already, on one line: neither encoding nor cleaning them again is the fairer comparison.
    createResponse(request, { serializer: String, sanitizer: (text) => text }, (session) => {
      channel.register(session);
    }),
});
const feedPort = listenForRows((rows) => {
  for (const { id, json } of rows) channel.broadcast(json, "message", { eventId: id });
});
console.log(JSON.stringify({ port: server.port, feedPort }));

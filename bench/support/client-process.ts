/**
 * A program that holds event streams: `bun client-process.ts URL COUNT`. Says `{"ready":true}` when every stream
 * has its hello; on a line of input it answers with what each client received so far and forgets it:
 * `[{"ids":[…],"receivedAt":[…]}, …]`, times in milliseconds since the epoch.
 */
import { createParser } from "eventsource-parser";

import { wallClockMs } from "../../tests/support/stream-reader.ts";

interface Received {
  ids: string[];
  receivedAt: number[];
}

const [url = "", count = "1"] = process.argv.slice(2);
const clients: Received[] = [];

async function follow(): Promise<void> {
  const response = await fetch(url);
  if (response.body === null) throw new Error(`no stream: ${response.status}`);
  const received: Received = { ids: [], receivedAt: [] };
  const { promise, resolve } = Promise.withResolvers<void>();
  const parser = createParser({
    onEvent({ event, id }) {
      if (event === "hello") {
        clients.push(received);
        resolve();
      }
      if (event !== undefined || id === undefined) return;
      received.ids.push(id);
      received.receivedAt.push(wallClockMs());
    },
  });
  void read(response.body, (text) => parser.feed(text));
  await promise;
}

async function read(body: ReadableStream<Uint8Array>, feed: (text: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of body) feed(decoder.decode(chunk, { stream: true }));
}

await Promise.all(Array.from({ length: Number(count) }, follow));
console.log('{"ready":true}');
for await (const line of console) {
  if (line === "") break;
  console.log(JSON.stringify(clients));
  for (const received of clients) {
    received.ids = [];
    received.receivedAt = [];
  }
}
process.exit(0);

/**
 * The specification taken literally: each connection has an interval of 2 s of its own and a query of its own.
 * `bun literal.ts DATABASE`
 */
import { Database } from "bun:sqlite";

const POLL_INTERVAL_MS = 2000;

const [path = ""] = process.argv.slice(2);
const database = new Database(path, { readonly: true });
const newest = database.query<{ id: number | null }, []>("SELECT max(id) AS id FROM events");
const after = database.query<{ id: number }, [number]>("SELECT * FROM events WHERE id > ? ORDER BY id");
const encoder = new TextEncoder();

function stream(signal: AbortSignal): ReadableStream<Uint8Array> {
  let lastSentId = newest.get()?.id ?? 0;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      // Bun holds the head of the response back until the first chunk.
      controller.enqueue(encoder.encode(":\n\n"));
      const timer = setInterval(() => {
        for (const row of after.all(lastSentId)) {
          controller.enqueue(encoder.encode(`id: ${row.id}\ndata: ${JSON.stringify(row)}\n\n`));
          lastSentId = row.id;
        }
      }, POLL_INTERVAL_MS);
      signal.addEventListener("abort", () => {
        clearInterval(timer);
        controller.close();
      });
    },
  });
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  development: false,
  fetch: (request) =>
    new Response(stream(request.signal), {
      headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-cache", Connection: "keep-alive" },
    }),
});
console.log(JSON.stringify({ port: server.port }));

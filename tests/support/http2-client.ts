/** One HTTP/2 connection over TLS, as a browser holds it to a proxy: every request is a stream of it. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { createGunzip } from "node:zlib";

import { HOST_NAME } from "./reverse-proxy.ts";
import { StreamReader } from "./stream-reader.ts";
import { until } from "./until.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** An event stream that is held over the connection. */
export interface Followed {
  readonly reader: StreamReader;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Takes this one stream away, as a tab that is closed does. */
  readonly leave: () => void;
}

export class Http2Client implements Disposable {
  readonly #session: ClientHttp2Session;
  readonly #base: URL;

  /** @param url that paths are relative to. The certificate is the test's own, and nobody vouches for it */
  constructor(url: string) {
    this.#base = new URL(url);
    this.#session = connect(this.#base.origin, { rejectUnauthorized: false, servername: HOST_NAME });
    // Each request of it tells of the same.
    this.#session.on("error", () => undefined);
  }

  /** @param path relative to the page, or from the root with a slash */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const { stream, answer } = await this.#request(path, headers);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(Buffer.from(chunk));
    return { status: Number(answer[":status"]), headers: answer, body: Buffer.concat(chunks) };
  }

  /** Opens an event stream and waits for its hello. */
  async follow(headers: Readonly<Record<string, string>> = {}): Promise<Followed> {
    const { stream, answer } = await this.#request("api/events/stream", headers);
    const source = answer["content-encoding"] === "gzip" ? stream.pipe(createGunzip()) : stream;
    const chunks = new ReadableStream<Uint8Array>({
      start(controller) {
        source.on("data", (chunk: Buffer) => controller.enqueue(chunk));
        source.on("end", () => controller.close());
      },
    });
    const reader = new StreamReader(chunks);
    await until(() => reader.named("hello").length > 0, `hello, after ${JSON.stringify(answer)}`);
    return { reader, headers: answer, leave: () => stream.close() };
  }

  [Symbol.dispose](): void {
    this.#session.destroy();
  }

  async #request(path: string, headers: Readonly<Record<string, string>>) {
    const { pathname, search } = new URL(path, this.#base);
    const stream: ClientHttp2Stream = this.#session.request({
      ":path": pathname + search,
      ":authority": `${HOST_NAME}:${this.#base.port}`,
      ...headers,
    });
    const answered = Promise.withResolvers<Record<string, unknown>>();
    stream.on("response", (received) => answered.resolve({ ...received }));
    stream.on("error", (error) => answered.reject(error));
    return { stream, answer: await answered.promise };
  }
}

/** A reverse proxy that serves a server under a path, which it takes away: `location /tools/tail/` of nginx. */
export class StrippingProxy implements AsyncDisposable {
  /** Paths that were asked for outside of the prefix: another service would have to answer them. */
  readonly strays: string[] = [];
  readonly #server: Bun.Server<undefined>;
  readonly #prefix: string;

  /** @param prefix with a slash at both ends */
  constructor(upstream: string, prefix: string) {
    this.#prefix = prefix;
    this.#server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      idleTimeout: 0,
      fetch: async (request) => {
        const { pathname, search } = new URL(request.url);
        if (!pathname.startsWith(prefix)) {
          this.strays.push(pathname);
          return new Response("Nothing here.", { status: 404 });
        }
        const target = new URL(pathname.slice(prefix.length - 1) + search, upstream);
        const { method, headers, signal } = request;
        const answer = await fetch(target, {
          method,
          headers,
          signal,
          decompress: false,
          redirect: "manual",
        });
        return new Response(answer.body, { status: answer.status, headers: answer.headers });
      },
    });
  }

  get url(): string {
    return new URL(this.#prefix, this.#server.url).href;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }
}

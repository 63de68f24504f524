/** Accepts connections, and stops doing so while the process can't open a further file. */

/** How often it is asked whether files can be opened. The process may spin at the limit for as long. */
const CHECK_MS = 100;
/**
 * Bodies are not read. One of up to this size is left unread, and its sender is told that only GET exists; Bun refuses
 * larger ones by itself, with 413. In bytes.
 */
export const MAX_BODY_BYTES = 16_384;
/**
 * A connection on which nothing is sent for so long is closed, and so is one whose request has not come to its end,
 * however slowly its bytes drip: that bounds what half a request costs. In seconds; Bun looks every four. Streams and
 * exports set a time of their own.
 */
export const IDLE_SECONDS = 10;
/** How often it is looked whether the open requests have ended, at the end. */
const CLOSE_CHECK_MS = 10;

type Fetch = (request: Request, server: Bun.Server<undefined>) => Promise<Response>;

export interface ListenerOptions {
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  /** Of the page, with a slash at both ends. */
  readonly basePath: string;
  readonly fetch: Fetch;
  /** Undefined for plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly openFiles: {
    areUsedUp(): boolean;
    giveReserve(): void;
    recover(): boolean;
  };
  /** Connections are refused from now on, or accepted again. */
  readonly onChange: (state: "accepting" | "refusing") => void;
  /** It could not listen again, and will try later. */
  readonly onError: (error: unknown) => void;
}

/**
 * Bun can't pause a server: `stop()` closes its port and its idle connections, and lets open requests and streams go
 * on. Another server then takes the port. A connection that comes meanwhile is refused at once, and its client knows.
 */
export class Listener {
  readonly #options: ListenerOptions;
  /** The one that listens is the last; the others have requests and streams that go on. */
  readonly #servers = new Set<Bun.Server<undefined>>();
  #listening: Bun.Server<undefined> | undefined;
  readonly #timer: NodeJS.Timeout;
  /** Of the page, as a browser takes it. */
  readonly url: string;
  readonly #port: number | undefined;

  /** @throws Error of the system where the port can't be taken */
  constructor(options: ListenerOptions) {
    this.#options = options;
    const server = this.#listen(options.port);
    this.url = new URL(options.basePath, server.url).href;
    this.#port = server.port;
    this.#timer = setInterval(() => this.#check(), CHECK_MS);
  }

  /**
   * Closes the port, lets open requests end, and cuts what is still open then.
   * @param graceMs how long they may take
   */
  async close(graceMs: number): Promise<void> {
    clearInterval(this.#timer);
    const servers = [...this.#servers];
    for (const server of servers) void server.stop();
    const deadline = performance.now() + graceMs;
    while (servers.some((server) => server.pendingRequests > 0) && performance.now() < deadline)
      await Bun.sleep(CLOSE_CHECK_MS);
    await Promise.all(servers.map((server) => server.stop(true)));
  }

  #check(): void {
    const { openFiles } = this.#options;
    if (this.#listening !== undefined) {
      if (openFiles.areUsedUp()) this.#refuse(this.#listening);
    } else if (openFiles.recover()) this.#acceptAgain();
  }

  #refuse(server: Bun.Server<undefined>): void {
    this.#listening = undefined;
    // It is done when its last stream has ended.
    void server.stop().then(() => this.#servers.delete(server));
    this.#options.openFiles.giveReserve();
    this.#options.onChange("refusing");
  }

  #acceptAgain(): void {
    try {
      this.#listen(this.#port ?? 0);
    } catch (error) {
      this.#options.onError(error);
      return;
    }
    this.#options.onChange("accepting");
  }

  #listen(port: number): Bun.Server<undefined> {
    const server = Bun.serve({
      hostname: this.#options.host,
      port,
      fetch: this.#options.fetch,
      maxRequestBodySize: MAX_BODY_BYTES,
      idleTimeout: IDLE_SECONDS,
      ...(this.#options.tls === undefined ? {} : { tls: this.#options.tls }),
      // With true an error page would carry source code.
      development: false,
      // Bun 1.4.5 takes `development: false` for a wish to share the port, and two servers would share it silently.
      reusePort: false,
    });
    this.#servers.add(server);
    this.#listening = server;
    return server;
  }
}

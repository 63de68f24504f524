/** One EventSource, from its opening to its end. The feed opens the next one. */

/** The server pings every 15 s: two may get lost. */
const SILENCE_MS = 40_000;

/** What a `hello` or a `reset` says; ids beyond 2^53 are strings. */
export interface StreamPosition {
  readonly latestId: number | string;
  readonly resumedFrom: number | string;
}

export interface Hello extends StreamPosition {
  /** The identity of the log: a cursor means nothing in another one. */
  readonly log: string;
}

export interface Reset extends StreamPosition {
  readonly reason: string;
}

export interface StreamListener {
  onOpen(): void;
  onHello(hello: Hello): void;
  onMessage(data: string, lastEventId: string): void;
  onReset(reset: Reset): void;
  /** It failed or ended. The stream is closed, and calls nothing any more. */
  onLost(): void;
}

export class Stream {
  readonly #source: EventSource;
  #heardAt = Date.now();
  #isClosed = false;

  constructor(url: string, listener: StreamListener) {
    this.#source = new EventSource(url);
    this.#on("open", () => listener.onOpen());
    this.#on("message", ({ data, lastEventId }) => listener.onMessage(data, lastEventId));
    this.#on("hello", ({ data }) => listener.onHello(JSON.parse(data)));
    this.#on("reset", ({ data }) => listener.onReset(JSON.parse(data)));
    // Heard, and that is all it is for.
    this.#on("ping", () => undefined);
    this.#on("error", () => {
      // The browser's own reconnect would give up for ever at the first 503.
      this.close();
      listener.onLost();
    });
  }

  get isOpen(): boolean {
    return this.#source.readyState === EventSource.OPEN;
  }

  /** Whatever readyState says: after a sleep of the machine or the death of a proxy it stays open for ever. */
  get isSilent(): boolean {
    return Date.now() - this.#heardAt > SILENCE_MS;
  }

  close(): void {
    this.#isClosed = true;
    this.#source.close();
  }

  #on(name: string, handle: (event: MessageEvent<string>) => void): void {
    this.#source.addEventListener(name, (event: MessageEvent<string>) => {
      // What was queued before the close is of a stream that no one follows any more.
      if (this.#isClosed) return;
      this.#heardAt = Date.now();
      handle(event);
    });
  }
}

/** One EventSource, from its opening to its end. The feed opens the next one. */
import { asParameter } from "../asked.ts";
import type { Position } from "../feed/backlog.ts";

/** The server pings every 15 s, and two pings may get lost. */
export const SILENCE_MS = 40_000;

/** What a `hello` says. Ids beyond 2^53 are strings. */
export interface Hello {
  readonly latestId: number | string;
  /** Missing where the server is older than the page. */
  readonly oldestId?: number | string;
  readonly resumedFrom: number | string;
  /** The name of the log: a cursor means nothing in another one. */
  readonly log: string;
}

export interface Reset extends Hello {
  readonly reason: string;
}

/** Rows after the client's cursor were deleted before it could have them. */
export interface Gap {
  readonly from: number | string;
  readonly oldestId: number | string;
}

export interface Bye {
  readonly comeBackInMs: number;
}

/** A row as it came: the text is JSON, which whoever shows the row has to read. */
export interface StreamRow {
  /** Undefined where the stream named none. */
  readonly id: bigint | undefined;
  readonly text: string;
}

export interface StreamListener {
  onHello(hello: Hello): void;
  onRow(row: StreamRow): void;
  onReset(reset: Reset): void;
  onGap(gap: Gap): void;
  onBye(bye: Bye): void;
  onPing(): void;
  /** Something of the file has changed. Asked for only where somebody wants to hear it. */
  readonly onChange: (() => void) | undefined;
  /** A message could not be read or handled. The stream goes on. */
  onUnreadable(error: unknown): void;
  /** It failed or ended. The stream is closed, and calls nothing any more. */
  onLost(): void;
}

/** A stream of the server's, whoever of the browser's tabs holds it. */
export interface OpenStream {
  /** True when nothing was heard for so long that the stream is dead, whatever the browser says of it. */
  readonly isSilent: boolean;
  close(): void;
}

export class Stream implements OpenStream {
  readonly #source: EventSource;
  readonly #listener: StreamListener;
  #heardAt = performance.now();
  #lastEventId = "";
  #isClosed = false;

  /**
   * @param position where the stream goes on from
   * @param question whose rows it brings; "" for all
   */
  constructor({ cursor, log }: Position, listener: StreamListener, question: string) {
    this.#listener = listener;
    const changes = listener.onChange === undefined ? "" : "&changes=1";
    this.#source = new EventSource(
      `api/events/stream?lastEventId=${cursor}&log=${encodeURIComponent(log)}${asParameter(question)}${changes}`,
    );
    this.#on("message", (event) => listener.onRow(this.#row(event)));
    this.#on("hello", ({ data }) => listener.onHello(JSON.parse(data)));
    this.#on("reset", ({ data }) => listener.onReset(JSON.parse(data)));
    this.#on("gap", ({ data }) => listener.onGap(JSON.parse(data)));
    this.#on("bye", ({ data }) => listener.onBye(JSON.parse(data)));
    this.#on("ping", () => listener.onPing());
    this.#on("change", () => listener.onChange?.());
    this.#on("error", () => {
      // The browser's own reconnect would give up for ever at the first 503.
      this.close();
      listener.onLost();
    });
  }

  get isSilent(): boolean {
    return performance.now() - this.#heardAt > SILENCE_MS;
  }

  close(): void {
    this.#isClosed = true;
    this.#source.close();
  }

  #on(name: string, handle: (event: MessageEvent<string>) => void): void {
    this.#source.addEventListener(name, (event: MessageEvent<string>) => {
      // What the browser had queued before the stream was closed belongs to no one any more.
      if (this.#isClosed) return;
      this.#heardAt = performance.now();
      try {
        handle(event);
      } catch (error) {
        this.#listener.onUnreadable(error);
      } finally {
        // An `error` event has no id.
        this.#lastEventId = event.lastEventId ?? this.#lastEventId;
      }
    });
  }

  /** @throws SyntaxError when the id is no integer */
  #row({ data, lastEventId }: MessageEvent<string>): StreamRow {
    // The browser repeats the id of the message before where a message has none.
    const isRepeated = lastEventId === this.#lastEventId;
    return { id: lastEventId === "" || isRepeated ? undefined : BigInt(lastEventId), text: data };
  }
}

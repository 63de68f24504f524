/** A connection that speaks WebDriver BiDi, as https://w3c.github.io/webdriver-bidi/ has it: commands and events. */

/** In milliseconds. A command that has no answer by then fails: a page that hangs must not hang the tests. */
const COMMAND_TIMEOUT_MS = 30_000;

/** Each gets a message as it came, and reads of it what it knows the type of. */
type Handler = (message: string) => void;

interface Waiting {
  readonly done: Handler;
  readonly failed: (error: Error) => void;
}

interface Message {
  readonly type: "success" | "error" | "event";
  readonly id?: number;
  readonly method?: string;
  readonly error?: string;
  readonly message?: string;
}

export class Bidi implements Disposable {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #handlers = new Map<string, Set<Handler>>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(String(data)));
    socket.addEventListener("close", () => this.#failAll("the browser closed the connection"));
  }

  /** @throws Error when nobody answers there within `timeoutMs` */
  static async connect(url: string, timeoutMs: number): Promise<Bidi> {
    const socket = new WebSocket(url);
    const opened = Promise.withResolvers<void>();
    const fail = (why: string) => opened.reject(new Error(`${url} can't be connected to: ${why}`));
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
    socket.addEventListener("open", () => opened.resolve());
    socket.addEventListener("error", () => fail("the connection failed"));
    try {
      await opened.promise;
    } catch (error) {
      socket.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    return new Bidi(socket);
  }

  /**
   * Sends a command and waits for its result.
   * @throws Error with what the browser says was wrong, or when it says nothing
   */
  async send<T = unknown>(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<string>();
    this.#waiting.set(id, {
      done: answer.resolve,
      failed: (cause) => answer.reject(new Error(`${method}: ${cause.message}`)),
    });
    const timer = setTimeout(() => {
      answer.reject(new Error(`${method}: no answer within ${COMMAND_TIMEOUT_MS} ms`));
    }, COMMAND_TIMEOUT_MS);
    try {
      this.#socket.send(JSON.stringify({ id, method, params }));
      const { result }: { result: T } = JSON.parse(await answer.promise);
      return result;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** Hears an event, which has to be subscribed to. @returns its undo */
  on<M extends keyof BidiEvents>(method: M, handler: (params: BidiEvents[M]) => void): () => void {
    const read = (message: string): void => {
      const { params }: { params: BidiEvents[M] } = JSON.parse(message);
      handler(params);
    };
    const handlers = this.#handlers.getOrInsertComputed(method, () => new Set());
    handlers.add(read);
    return () => void handlers.delete(read);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  #receive(text: string): void {
    const message: Message = JSON.parse(text);
    if (message.type === "event") {
      for (const handle of this.#handlers.get(message.method ?? "") ?? []) handle(text);
      return;
    }
    const waiting = this.#waiting.get(message.id ?? 0);
    if (message.type === "success") waiting?.done(text);
    else waiting?.failed(new Error(`${message.error}: ${message.message}`));
  }

  #failAll(why: string): void {
    for (const { failed } of this.#waiting.values()) failed(new Error(why));
  }
}

/** The events that are heard here, with the parts that are read. */
interface BidiEvents {
  "log.entryAdded": {
    readonly level: string;
    readonly text?: string | null;
    readonly source: { readonly context?: string };
  };
}

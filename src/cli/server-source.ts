/** A server that is followed by its URL, as any client would. */
import type { ExportFormat } from "../archive.ts";
import type { EventList, LogStatus } from "../events.ts";
import { codeOf } from "../process/failure.ts";
import type { AskedQuestion, Place } from "../reader-options.ts";
import {
  type Asked,
  type EventPage,
  type LogSource,
  type PageRequest,
  type RowReading,
  SourceError,
  type SourceState,
  type StreamStart,
} from "./log-source.ts";

/** As much as a server takes for one search. In ms. */
const BUDGET_MS = 5000;
/** Of one page. */
const MAX_ROWS = 500;

/** How long a server may take to begin to answer. In ms. */
const ANSWER_DEADLINE_MS = 15_000;

/** Two keep-alives of the server are missing: the connection is dead. In ms. */
const SILENCE_DEADLINE_MS = 40_000;

/** How long after an answer a server is asked again how it is doing: it looks no more often itself. In ms. */
const STATUS_MS = 2000;

/** A detail longer than this is no sentence for a terminal. In characters. */
const MAX_DETAIL_LENGTH = 1000;

export class ServerSource implements LogSource {
  readonly name: string;
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #onState: (state: SourceState) => void;
  #statusTimer: Timer | undefined;
  #isDisposed = false;
  /** Whether it has proved to be a Tailboard: then what it answers in a restart is no reason to give up. */
  #isKnown = false;

  /** @param onState how the tail of the server is doing, while it is followed */
  constructor({ url, token }: Extract<Place, { kind: "server" }>, onState: (state: SourceState) => void) {
    this.#url = url;
    this.#onState = onState;
    this.name = url.href;
    this.#headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  }

  async stream(
    { lastEventId, log }: StreamStart,
    where: AskedQuestion,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array>> {
    const parameters = { lastEventId, log: lastEventId === undefined ? undefined : log, q: where.text };
    const response = await this.#get("api/events/stream", parameters, "text/event-stream", signal);
    this.#statusTimer ??= setTimeout(() => void this.#watchState(), STATUS_MS);
    return response.body === null ? new ReadableStream() : watched(response.body);
  }

  endOfStream(): undefined {
    return undefined;
  }

  async page({ where, since, until, after, before, at, rows }: PageRequest): Promise<EventPage> {
    const parameters = {
      q: where.text,
      since,
      until,
      after,
      before,
      at,
      limit: Math.min(rows, MAX_ROWS),
      budget: BUDGET_MS,
    };
    const response = await this.#get("api/events", parameters, "application/json");
    const { log, items, next }: EventList = await response.json();
    return { log, items, next: next === null ? undefined : BigInt(next) };
  }

  async export({ where, since, until }: Asked, format: ExportFormat): Promise<ReadableStream<Uint8Array>> {
    const type = format === "csv" ? "text/csv" : "application/x-ndjson";
    const response = await this.#get("api/events/export", { q: where.text, since, until, format }, type);
    return response.body ?? new ReadableStream();
  }

  async reading(): Promise<RowReading> {
    return this.status();
  }

  /** @throws SourceError */
  async status(): Promise<LogStatus> {
    const status: LogStatus = await (await this.#get("api/status", {}, "application/json")).json();
    return status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#statusTimer);
  }

  async #watchState(): Promise<void> {
    await this.#tellState();
    if (!this.#isDisposed) this.#statusTimer = setTimeout(() => void this.#watchState(), STATUS_MS);
  }

  /** A stream says nothing of a server that can't follow its database. */
  async #tellState(): Promise<void> {
    try {
      const { state, problem, advice } = await this.status();
      this.#onState({ state, problem: problem ?? undefined, advice: advice ?? undefined });
    } catch (error) {
      // The stream breaks for the same reason, and tells.
      if (!(error instanceof SourceError)) throw error;
    }
  }

  /** @throws SourceError unless it answers with this type */
  async #get(
    path: string,
    parameters: Readonly<Record<string, string | number | bigint | undefined>>,
    type: string,
    signal?: AbortSignal,
  ): Promise<Response> {
    const url = new URL(path, this.#url);
    for (const [name, value] of Object.entries(parameters))
      if (value !== undefined && value !== "") url.searchParams.set(name, String(value));
    const response = await this.#fetch(url, signal);
    const isRight = response.headers.get("content-type")?.startsWith(type) === true;
    if (response.ok && isRight) {
      this.#isKnown = true;
      return response;
    }
    const error = await this.#refusal(response);
    if (!response.bodyUsed) await response.body?.cancel();
    throw error;
  }

  async #fetch(url: URL, signal: AbortSignal | undefined): Promise<Response> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), ANSWER_DEADLINE_MS);
    try {
      return await fetch(url, {
        headers: this.#headers,
        // The token is for this server, and for none that it might lead to.
        redirect: "manual",
        signal: signal === undefined ? deadline.signal : AbortSignal.any([signal, deadline.signal]),
      });
    } catch (error) {
      if (signal?.aborted === true) throw error;
      const words = deadline.signal.aborted ? "it does not answer" : (codeOf(error) ?? String(error));
      throw new SourceError("later", `${this.name} can't be reached: ${words}.`);
    } finally {
      clearTimeout(timer);
    }
  }

  async #refusal(response: Response): Promise<SourceError> {
    const { status } = response;
    const detail = await detailOf(response);
    if (status === 401 || status === 403)
      return new SourceError(
        "never",
        `${this.name} refuses (${status}): give its token with --token or in TAILBOARD_TOKEN. ${detail}`.trim(),
      );
    if (status === 400) return new SourceError("question", `${this.name}: ${detail}`);
    const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    if (status === 429 || status >= 500) {
      const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
      return new SourceError("later", `${this.name} answers ${status}. ${detail}`.trim(), retryAfterMs);
    }
    const location = response.headers.get("location");
    const words =
      location === null
        ? `answers ${status}, which is no answer of Tailboard's. Give the URL of its page`
        : `leads to ${location}. Give the URL where that ends`;
    return new SourceError(this.#isKnown ? "later" : "never", `${this.name} ${words}.`);
  }
}

/** The `detail` of problem+json. */
async function detailOf(response: Response): Promise<string> {
  if (response.headers.get("content-type")?.startsWith("application/problem+json") !== true) return "";
  try {
    const problem: { detail?: unknown } = await response.json();
    return typeof problem.detail === "string" ? problem.detail.slice(0, MAX_DETAIL_LENGTH) : "";
  } catch {
    // A proxy cut it off: the status says enough.
    return "";
  }
}

/** Ends a stream from which nothing comes any more, keep-alives neither. */
function watched(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let timer: Timer | undefined;
        const silence = new Promise<"silent">((resolve) => {
          timer = setTimeout(() => resolve("silent"), SILENCE_DEADLINE_MS);
        });
        try {
          const read = await Promise.race([reader.read(), silence]);
          if (read === "silent" || read.done) {
            if (read === "silent") await reader.cancel();
            controller.close();
          } else controller.enqueue(read.value);
        } finally {
          clearTimeout(timer);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

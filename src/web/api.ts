/** The server's answers. The addresses are relative, because the page may be served under any path. */
import type { EventJson, EventList, StatsAnswer, Status } from "../events.ts";
import { isRecord } from "./text/text.ts";

/** A healthy server answers in milliseconds; a busy disk may take seconds. */
const TIMEOUT_MS = 10_000;

const NOT_MODIFIED = 304;

/** No answer came: there is no network, no server, or it took too long. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";

  get isTimeout(): boolean {
    return this.cause instanceof DOMException && this.cause.name === "TimeoutError";
  }
}

/** An answer came, and it says what is wrong or is none of this server's. */
export class Refused extends Error {
  override readonly name = "Refused";
  /** Of the answer, where it was one of the server's. */
  readonly status: number | undefined;
  /** Of a question that can't be asked; undefined for everything else. */
  readonly place: Place | undefined;

  constructor(
    message: string,
    options?: ErrorOptions & { readonly status?: number; readonly place?: Place | undefined },
  ) {
    super(message, options);
    this.status = options?.status;
    this.place = options?.place;
  }
}

/** Where a question is wrong, and why without the place. */
export interface Place {
  /** In the text of the question, as JavaScript counts its characters. */
  readonly position: number;
  readonly reason: string;
}

/** @throws Unreachable, Refused */
export function fetchStatus(): Promise<Status> {
  return fetchJson<Status>("api/status");
}

/**
 * @param query as in `limit=50&after=7`
 * @throws Unreachable, Refused
 */
export function fetchEvents(query: string): Promise<EventList> {
  return fetchJson<EventList>(`api/events?${query}`);
}

/**
 * One event whole.
 * @throws Unreachable, Refused
 */
export function fetchEvent(id: bigint): Promise<EventJson> {
  return fetchJson<EventJson>(`api/events/${id}`);
}

/** A question as SQL, for who has the file at hand. */
export interface SqlAnswer {
  readonly sql: string;
  readonly command: string;
  /** What is to be known of it. */
  readonly notes: readonly string[];
}

/** @throws Unreachable, Refused */
export function fetchSql(question: string): Promise<SqlAnswer> {
  return fetchJson<SqlAnswer>(
    question === "" ? "api/events/sql" : `api/events/sql?q=${encodeURIComponent(question)}`,
  );
}

/**
 * @param query as in `window=15m&bucket=10s`
 * @throws Unreachable, Refused
 */
export function fetchStats(query: string): Promise<StatsAnswer> {
  return fetchJson<StatsAnswer>(`api/stats?${query}`);
}

/** An answer, and the name that the server has for its state. */
export interface Tagged<T> {
  readonly value: T;
  /** Undefined where the server gave none. */
  readonly tag: string | undefined;
}

/**
 * An answer that may be the same as before. The browser keeps none of the server's answers, so the page asks by
 * itself whether its own is still the one.
 * @param tag of the answer that the page has
 * @returns undefined where it is still the one
 * @throws Unreachable, Refused
 */
export async function fetchUnlessSame<T extends object>(
  url: string,
  tag: string | undefined,
): Promise<Tagged<T> | undefined> {
  const response = await request(url, tag === undefined ? {} : { "If-None-Match": tag });
  if (response.status === NOT_MODIFIED) return undefined;
  return { value: await jsonOf<T>(url, response), tag: response.headers.get("ETag") ?? undefined };
}

async function fetchJson<T extends object>(url: string): Promise<T> {
  return jsonOf<T>(url, await request(url, {}));
}

function request(url: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  return reach(fetch(url, { cache: "no-store", headers, signal: AbortSignal.timeout(TIMEOUT_MS) }));
}

async function jsonOf<T extends object>(url: string, response: Response): Promise<T> {
  const text = await reach(response.text());
  if (!response.ok) {
    const { detail, place } = readProblem(text);
    const { status } = response;
    throw new Refused(detail ?? `The server answered ${status} to ${url}.`, { status, place });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refused(
      `The answer to ${url} is no JSON. Is there a proxy in between that wants you to sign in first?`,
      { cause: error },
    );
  }
}

async function reach<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new Unreachable("The server did not answer.", { cause: error });
  }
}

/** What the page shows of application/problem+json (RFC 9457); nothing of an answer that is none. */
function readProblem(text: string): { readonly detail?: string; readonly place?: Place } {
  const problem = parseObject(text);
  const { detail, position, reason } = problem;
  return {
    ...(typeof detail === "string" ? { detail } : {}),
    ...(typeof position === "number" && typeof reason === "string" ? { place: { position, reason } } : {}),
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

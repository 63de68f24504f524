/** The server's answers. URLs are relative: the page may be served under any path. */
import type { EventList, Status } from "../events.ts";
import { isRecord } from "./text.ts";

/** A healthy server answers in milliseconds; a busy disk may take seconds. */
const TIMEOUT_MS = 10_000;

/** No answer came: no network, no server, or none in time. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";

  get isTimeout(): boolean {
    return this.cause instanceof DOMException && this.cause.name === "TimeoutError";
  }
}

/** An answer came, and it says what is wrong. */
export class Refused extends Error {
  override readonly name = "Refused";
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

async function fetchJson<T extends Status | EventList>(url: string): Promise<T> {
  const response = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (error: unknown) => {
      throw new Unreachable(`no answer to ${url}`, { cause: error });
    },
  );
  if (!response.ok) throw new Refused(await reason(response, url));
  return await response.json();
}

/** The `detail` of application/problem+json (RFC 9457), which is written for people. */
async function reason(response: Response, url: string): Promise<string> {
  const problem: unknown = await response.json().catch((error: unknown) => error);
  const detail = isRecord(problem) ? problem["detail"] : undefined;
  return typeof detail === "string" ? detail : `The server answered ${response.status} to ${url}.`;
}

/** Lists of rows over HTTP, as a browser asks for them. */
import type { Server } from "../../tests/support/server.ts";

export interface ListAnswer {
  readonly items: readonly { readonly id: number }[];
  readonly count: number;
  readonly next: number | null;
  readonly scannedTo: number | null;
}

/** @throws Error where it is refused */
export async function askList(server: Server, query: string): Promise<ListAnswer> {
  const response = await server.fetch(`/api/events?${query}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`/api/events?${query}: ${response.status} ${text}`);
  const answer: ListAnswer = JSON.parse(text);
  return answer;
}

/** From the request to the last byte of its answer, in milliseconds, so many times one after the other. */
export async function timeAnswers(
  server: Server,
  paths: readonly string[],
  times: number,
): Promise<number[]> {
  const tookMs: number[] = [];
  for (let time = 0; time < times; time++) {
    const path = paths[time % paths.length] ?? "/";
    const startedAtMs = performance.now();
    const response = await server.fetch(path);
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    tookMs.push(performance.now() - startedAtMs);
  }
  return tookMs;
}

/**
 * Searches the whole table, each request from where the one before it came to.
 * @param isOver ends it early
 * @returns how many requests it took
 */
export async function searchAll(
  server: Server,
  query: string,
  isOver: () => boolean = () => false,
): Promise<number> {
  let requests = 0;
  let before: number | null = null;
  do {
    const from: string = before === null ? "" : `&before=${before}`;
    const answer: ListAnswer = await askList(server, `${query}${from}`);
    requests++;
    before = answer.next;
  } while (before !== null && !isOver());
  return requests;
}

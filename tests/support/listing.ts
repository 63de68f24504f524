/** Lists of an archive, page by page. */
import type { ListAnswer, ListStart, LogArchive } from "../../src/archive.ts";
import type { EventId, EventJson } from "../../src/events.ts";
import type { Question } from "../../src/question.ts";

export interface ListedPage {
  readonly answer: ListAnswer;
  readonly rows: readonly EventJson[];
  /** In the order of the page. */
  readonly ids: EventId[];
}

export interface Paging {
  /** Of rows, one page after the other, over and over. */
  readonly limits: readonly number[];
  readonly bytes?: number;
  readonly budgetMs?: number;
  readonly start?: ListStart;
  /** The column that is the key. */
  readonly key?: string;
}

export async function readPage(
  archive: LogArchive,
  question: Question,
  start: ListStart,
  limits: { readonly rows: number; readonly bytes?: number },
  { budgetMs = 5000, key = "id" }: Pick<Paging, "budgetMs" | "key"> = {},
): Promise<ListedPage> {
  const answer = await archive.list(
    { question, start, limits: { bytes: Number.MAX_SAFE_INTEGER, ...limits }, budgetMs },
    new AbortController().signal,
  );
  const rows: readonly EventJson[] = JSON.parse(`[${Buffer.from(answer.items).toString()}]`);
  const ids = rows.map((row) => BigInt(String(row[key])));
  if (answer.count !== rows.length)
    throw new Error(`${answer.count} rows were told, and ${rows.length} came`);
  return { answer, rows, ids };
}

/** Goes on at `next` until there is none. */
export async function pageThrough(
  archive: LogArchive,
  question: Question,
  { limits, bytes, start = { kind: "before", before: undefined }, ...how }: Paging,
): Promise<ListedPage[]> {
  const pages: ListedPage[] = [];
  let at: ListStart | undefined = start;
  while (at !== undefined) {
    const rows: number = limits[pages.length % limits.length] ?? 50;
    const page: ListedPage = await readPage(
      archive,
      question,
      at,
      { rows, ...(bytes === undefined ? {} : { bytes }) },
      how,
    );
    pages.push(page);
    const { next } = page.answer;
    if (next === null) at = undefined;
    else if (at.kind === "after") at = { ...at, after: next };
    else at = { kind: "before", before: next };
    if (pages.length > 10_000) throw new Error("the pages never end");
  }
  return pages;
}

/**
 * The rows of a followed table that match the questions of streams. For new rows all questions are asked together, so
 * that a commit costs little more for a thousand streams with a question each than for one; a replay looks at one
 * window of ids after the other.
 */
import type { EventId, EventRow, Page, PageLimits } from "../../../events.ts";
import { Sql, sql } from "../../../query/sql.ts";
import type { Client } from "./client.ts";
import type { AskedTable, StreamQuestion } from "./questions.ts";
import type { RowQueries } from "./row-queries.ts";
import type { TableQueries } from "./table-queries.ts";

/** Questions that one statement answers. */
const BATCH_SIZE = 32;

/** Ranges of new rows that are remembered: streams that are some commits behind have ranges of their own. */
const KEPT_RANGES = 16;

/** Rows after a cursor and up to the watermark. */
export interface Range {
  readonly after: EventId;
  readonly upTo: EventId;
}

type Matches = ReadonlyMap<StreamQuestion, ReadonlySet<EventId>>;

export class Matching {
  readonly #client: Client;
  readonly #rows: RowQueries;
  readonly #queries: TableQueries;
  readonly #table: AskedTable;
  /** By the range, in batches of those who asked it at once. */
  readonly #ranges = new Map<string, Promise<Matches>>();

  constructor(client: Client, rows: RowQueries, queries: TableQueries, table: AskedTable) {
    this.#client = client;
    this.#rows = rows;
    this.#queries = queries;
    this.#table = table;
  }

  /**
   * Of new rows, which are known, those that match.
   * @param all the questions that streams ask just now
   * @throws QuestionError where the table can't answer it, or what the client throws
   */
  async ofNew(
    rows: readonly EventRow[],
    range: Range,
    asked: StreamQuestion,
    all: readonly StreamQuestion[],
  ): Promise<EventRow[]> {
    // Whatever is wrong with the question is told to who asks it.
    asked.condition(this.#table);
    const key = `${range.after} ${range.upTo}`;
    let matches = await this.#ranges.get(key);
    if (matches?.has(asked) !== true) {
      const known = matches;
      const added = this.#ask(
        range,
        all.filter((each) => known?.has(each) !== true),
      ).then((found) => new Map([...(known ?? []), ...found]));
      this.#keep(key, added);
      matches = await added;
    }
    const ids = matches.get(asked);
    return ids === undefined ? [] : rows.filter(({ id }) => ids.has(id));
  }

  /** To be called when rows may have changed. */
  forget(): void {
    this.#ranges.clear();
  }

  /**
   * The rows of the next window of a replay that match.
   * @throws QuestionError where the table can't answer it, or what the client throws
   */
  async ofWindow(
    { after, upTo }: Range,
    asked: StreamQuestion,
    limits: PageLimits,
  ): Promise<Pick<Page, "rows" | "hasMore" | "scannedTo">> {
    const condition = asked.condition(this.#table);
    const startedAtMs = performance.now();
    const end = (await this.#queries.endOfWindow(after, upTo, asked.windowRows)) ?? upTo;
    const { rows, hasMore } = await this.#rows.after(after, end, limits, condition);
    asked.noteWindow(performance.now() - startedAtMs);
    const scannedTo = hasMore ? (rows.at(-1)?.id ?? end) : end;
    return { rows, hasMore: hasMore || end < upTo, scannedTo };
  }

  #keep(key: string, matches: Promise<Matches>): void {
    this.#ranges.set(key, matches);
    matches.catch(() => {
      if (this.#ranges.get(key) === matches) this.#ranges.delete(key);
    });
    const [oldest] = this.#ranges.keys();
    if (this.#ranges.size > KEPT_RANGES && oldest !== undefined) this.#ranges.delete(oldest);
  }

  async #ask(range: Range, questions: readonly StreamQuestion[]): Promise<Matches> {
    const matches = new Map<StreamQuestion, Set<EventId>>();
    const conditions = questions.flatMap((question) => {
      const condition = question.conditionOrNone(this.#table);
      matches.set(question, new Set());
      return condition === undefined ? [] : [{ question, condition }];
    });
    for (let at = 0; at < conditions.length; at += BATCH_SIZE) {
      const batch = conditions.slice(at, at + BATCH_SIZE);
      for (const { id, places } of await this.#askBatch(
        range,
        batch.map(({ condition }) => condition),
      ))
        for (const place of places) {
          const question = batch[place]?.question;
          if (question !== undefined) matches.get(question)?.add(id);
        }
    }
    return matches;
  }

  /** @returns for each row the places of the conditions that hold */
  async #askBatch(range: Range, conditions: readonly Sql[]): Promise<{ id: EventId; places: number[] }[]> {
    const { key, from } = this.#rows;
    const places = conditions
      .map((condition, place) => sql`CASE WHEN ${condition} THEN ${new Sql(`'${place}'`)} END`)
      .reduce((all, each) => sql`${all}, ${each}`);
    const found = await this.#client.ask(sql`SELECT ${key}::text, concat_ws(' ', ${places}) FROM ${from}
      WHERE ${key} > ${range.after}::int8 AND ${key} <= ${range.upTo}::int8`);
    return found.map(([id, held]) => ({
      id: BigInt(String(id)),
      places: typeof held === "string" && held !== "" ? held.split(" ").map(Number) : [],
    }));
  }
}

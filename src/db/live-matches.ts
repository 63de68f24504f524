/**
 * Which of the newest rows match which questions. One statement answers a batch of questions for all new rows, so that
 * a commit costs little more for a thousand streams with a question each than for one.
 */
import { type EventId, type EventRow, MAX_EVENT_ID } from "../events.ts";
import type { Sql } from "../query/sql.ts";
import type { TableReading } from "./asked.ts";
import type { EventReader } from "./reader.ts";
import type { StreamFilter } from "./stream-filter.ts";
import type { Batch } from "./stream-filters.ts";

/** With more rows a batch takes longer than a page: then each stream reads its own rows. */
const MAX_ROWS = 64;
const MAX_BYTES = 262_144;

/** Values that are bound to one statement. SQLite takes 32,766. */
const MAX_VALUES = 8000;

/** Rows after one id and up to another. */
interface Range {
  readonly after: EventId;
  readonly upTo: EventId;
}

interface LiveRows {
  readonly range: Range;
  readonly columns: readonly string[];
  readonly rows: readonly EventRow[];
  /** By batch: the rows that match each of its questions. */
  readonly matches: Map<Batch, ReadonlyMap<StreamFilter, readonly EventRow[]>>;
}

export class LiveMatches {
  #live: LiveRows | undefined;

  /**
   * @returns the rows of the range that match; undefined where they are too many or too large to be looked at together
   * @throws QuestionError, SQLiteError
   */
  find(
    reader: EventReader,
    reading: TableReading,
    filter: StreamFilter,
    batch: Batch,
    range: Range,
  ): { readonly columns: readonly string[]; readonly rows: readonly EventRow[] } | undefined {
    const live = this.#rows(reader, range);
    if (live === undefined) return undefined;
    let matches = live.matches.get(batch);
    if (matches?.has(filter) !== true) {
      matches = matchesOf(reader, reading, batch, live);
      live.matches.set(batch, matches);
    }
    return { columns: live.columns, rows: matches.get(filter) ?? [] };
  }

  /** To be called when rows may have changed. */
  forget(): void {
    this.#live = undefined;
  }

  #rows(reader: EventReader, range: Range): LiveRows | undefined {
    const { after, upTo } = range;
    if (this.#live?.range.after === after && this.#live.range.upTo === upTo) return this.#live;
    const page = reader.readAfter(after, upTo, { rows: MAX_ROWS, bytes: MAX_BYTES });
    // A large value takes each question as long as a page.
    if (page.hasMore || page.rows.some(({ truncated }) => truncated.length > 0)) return undefined;
    this.#live = { range, columns: page.columns, rows: page.rows, matches: new Map() };
    return this.#live;
  }
}

function matchesOf(
  reader: EventReader,
  reading: TableReading,
  { filters }: Batch,
  { rows, range }: LiveRows,
): ReadonlyMap<StreamFilter, readonly EventRow[]> {
  const matches = new Map<StreamFilter, EventRow[]>([...filters].map((filter) => [filter, []]));
  if (range.after === MAX_EVENT_ID || rows.length === 0) return matches;
  const byId = new Map(rows.map((row) => [row.id, row]));
  const window = { lowest: range.after + 1n, highest: range.upTo };
  for (const chunk of chunksOf(compileAll(reader, reading, filters))) {
    for (const [id, ...holds] of reader.matching().evaluate(
      chunk.map(([, condition]) => condition),
      window,
      Date.now(),
    )) {
      const row = typeof id === "bigint" ? byId.get(id) : undefined;
      if (row === undefined) continue;
      for (const [at, [filter]] of chunk.entries()) if (holds[at] === 1n) matches.get(filter)?.push(row);
    }
  }
  return matches;
}

/** Parts that one statement has room for. */
function chunksOf(conditions: readonly [StreamFilter, Sql][]): [StreamFilter, Sql][][] {
  const chunks: [StreamFilter, Sql][][] = [];
  let values = Infinity;
  for (const entry of conditions) {
    const own = entry[1].values.length;
    if (values + own > MAX_VALUES) {
      chunks.push([]);
      values = 0;
    }
    chunks.at(-1)?.push(entry);
    values += own;
  }
  return chunks;
}

/** One that the table can't answer any longer fails for itself, when its own streams are served. */
function compileAll(
  reader: EventReader,
  reading: TableReading,
  filters: ReadonlySet<StreamFilter>,
): [StreamFilter, Sql][] {
  const queries = reader.queries();
  return [...filters].map((filter) => [filter, filter.conditionOrNone(queries, reading)]);
}

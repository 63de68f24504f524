/**
 * Which of the newest rows match which questions. One statement answers a batch of questions for all new rows, so that
 * a commit costs little more for a thousand streams with a question each than for one.
 */
import { type EventId, type EventRow, MAX_EVENT_ID } from "../../events.ts";
import type { Sql } from "../../query/sql.ts";
import type { TableReading } from "./asked.ts";
import type { ConditionSet } from "./matching-rows.ts";
import type { Queries } from "./queries.ts";
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

/** Rows that match one question, in the order of the log. */
export interface MatchedRows {
  readonly columns: readonly string[];
  readonly rows: readonly EventRow[];
}

export class LiveMatches {
  /** By the id that they come after: streams that are some commits behind have ranges of their own. */
  readonly #live = new Map<EventId, LiveRows>();
  readonly #batches = new Map<Batch, PreparedBatch>();

  /** What was found for the whole batch when another of its questions was asked. Reads nothing. */
  known(filter: StreamFilter, batch: Batch, { after, upTo }: Range): MatchedRows | undefined {
    const live = this.#live.get(after);
    if (live?.range.upTo !== upTo) return undefined;
    const rows = live.matches.get(batch)?.get(filter);
    return rows === undefined ? undefined : { columns: live.columns, rows };
  }

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
  ): MatchedRows | undefined {
    const live = this.#rows(reader, range);
    if (live === undefined) return undefined;
    const matches = this.#prepared(reader, reading, batch).matches(live);
    live.matches.set(batch, matches);
    return { columns: live.columns, rows: matches.get(filter) ?? [] };
  }

  #prepared(reader: EventReader, reading: TableReading, batch: Batch): PreparedBatch {
    const known = this.#batches.get(batch);
    if (known?.isOf(reader, reading, batch) === true) return known;
    known?.[Symbol.dispose]();
    // Batches whose streams have all left.
    for (const [other, prepared] of this.#batches) {
      if (other.filters.size > 0) continue;
      prepared[Symbol.dispose]();
      this.#batches.delete(other);
    }
    const prepared = new PreparedBatch(reader, reading, batch);
    this.#batches.set(batch, prepared);
    return prepared;
  }

  /** To be called when rows may have changed. */
  forget(): void {
    this.#live.clear();
  }

  #rows(reader: EventReader, range: Range): LiveRows | undefined {
    const { after, upTo } = range;
    const known = this.#live.get(after);
    if (known?.range.upTo === upTo) return known;
    const page = reader.readAfter(after, upTo, { rows: MAX_ROWS, bytes: MAX_BYTES });
    // A large value takes each question as long as a page.
    if (page.hasMore || page.rows.some(({ truncated }) => truncated.length > 0)) return undefined;
    const live: LiveRows = { range, columns: page.columns, rows: page.rows, matches: new Map() };
    this.#live.set(after, live);
    return live;
  }
}

/** A batch as it is prepared for the table. */
class PreparedBatch implements Disposable {
  readonly #parts: readonly { readonly filters: readonly StreamFilter[]; readonly set: ConditionSet }[];
  readonly #filters: readonly StreamFilter[];
  readonly #queries: Queries;
  readonly #reading: TableReading;
  readonly #version: number;

  constructor(reader: EventReader, reading: TableReading, { filters, version }: Batch) {
    this.#queries = reader.queries();
    this.#reading = reading;
    this.#version = version;
    const conditions = compileAll(this.#queries, reading, filters);
    this.#filters = [...conditions.keys()];
    this.#parts = partsOf(conditions).map((part) => ({
      filters: part.map(([filter]) => filter),
      set: reader.matching().together(part.map(([, condition]) => condition)),
    }));
  }

  /** Whether it answers the questions of the batch for the table as it is now. */
  isOf(reader: EventReader, reading: TableReading, { version }: Batch): boolean {
    return version === this.#version && reading === this.#reading && reader.queries() === this.#queries;
  }

  matches({ rows, range }: LiveRows): Map<StreamFilter, readonly EventRow[]> {
    const matches = new Map<StreamFilter, EventRow[]>();
    for (const filter of this.#filters) matches.set(filter, []);
    if (range.after === MAX_EVENT_ID || rows.length === 0) return matches;
    const byId = new Map(rows.map((row) => [row.id, row]));
    const window = { lowest: range.after + 1n, highest: range.upTo };
    for (const { filters, set } of this.#parts) {
      for (const [id, ...holds] of set.evaluate(window, Date.now())) {
        const row = typeof id === "bigint" ? byId.get(id) : undefined;
        if (row === undefined) continue;
        for (const [at, filter] of filters.entries()) if (holds[at] === 1n) matches.get(filter)?.push(row);
      }
    }
    return matches;
  }

  [Symbol.dispose](): void {
    for (const { set } of this.#parts) set[Symbol.dispose]();
  }
}

/** Parts that one statement has room for. */
function partsOf(conditions: ReadonlyMap<StreamFilter, Sql>): [StreamFilter, Sql][][] {
  const parts: [StreamFilter, Sql][][] = [];
  let values = Infinity;
  for (const entry of conditions) {
    const own = entry[1].values.length;
    if (values + own > MAX_VALUES) {
      parts.push([]);
      values = 0;
    }
    parts.at(-1)?.push(entry);
    values += own;
  }
  return parts;
}

/** Without those that the table can't answer any longer: they fail when their own streams are served. */
function compileAll(
  queries: Queries,
  reading: TableReading,
  filters: ReadonlySet<StreamFilter>,
): Map<StreamFilter, Sql> {
  const conditions = new Map<StreamFilter, Sql>();
  for (const filter of filters) {
    const condition = filter.conditionOrNone(queries, reading);
    if (condition !== undefined) conditions.set(filter, condition);
  }
  return conditions;
}

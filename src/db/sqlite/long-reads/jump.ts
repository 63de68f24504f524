/** Finds the row at an instant without reading the table: ids and times rise together, more or less. */
import { readInstant } from "../../../columns/instant.ts";
import type { ColumnValue, EventId } from "../../../events.ts";
import { MIN_EVENT_ID } from "../../../events.ts";
import { QuestionError } from "../../../query/question-error.ts";
import { sql } from "../../../query/sql.ts";
import { quoteName } from "../../quote-name.ts";
import type { OpenTable } from "./open-table.ts";
import { type Steps } from "./step.ts";

/** Rows without a time, one after the other, that are stepped over. */
const STEP_ROWS = 200;

/** Where times do not quite rise with the ids, the row is looked for among so many neighbours on either side. */
const NEIGHBOUR_ROWS = 500;

interface TimedRow {
  readonly id: EventId;
  readonly ms: number;
}

/**
 * @param atMs in ms since 1970
 * @returns the id of the first row at or after the instant; the one after the newest where all are earlier
 * @throws QuestionError where no column tells the time
 */
export function* findInstant(table: OpenTable, atMs: number): Steps<EventId> {
  return yield* table.read(() => table.reader.inReadTransaction(() => new Jump(table).find(atMs)));
}

class Jump {
  readonly #table: OpenTable;
  readonly #column: string;
  readonly #read: (value: ColumnValue) => number | undefined;

  constructor(table: OpenTable) {
    this.#table = table;
    const time = table.log.roles.time;
    if (time === undefined)
      throw new QuestionError(
        "The table has no column that tells the time, so that no time can be shown.",
        -1,
      );
    this.#column = `t.${quoteName(time.column)}`;
    this.#read = (value) => readInstant(value, time.form ?? "text", table.zone);
  }

  /** Halves the ids: 24 reads for ten million rows. */
  find(atMs: number): EventId {
    const { lowestId, log } = this.#table;
    let [low, high] = [lowestId, log.latestId];
    let found = high + 1n;
    while (low <= high) {
      const middle = low + (high - low) / 2n;
      const row = this.#rowFrom(middle, high);
      if (row === undefined) {
        high = middle - 1n;
      } else if (row.ms >= atMs) {
        found = row.id;
        high = middle - 1n;
      } else {
        low = row.id + 1n;
      }
    }
    return this.#nearest(found, atMs);
  }

  /** The first row from an id on that has a time. */
  #rowFrom(lowest: EventId, highest: EventId): TimedRow | undefined {
    return (
      this.#rows("ascending", lowest, highest, 1)[0] ?? this.#rows("ascending", lowest, highest, STEP_ROWS)[0]
    );
  }

  /** Of the neighbours the earliest one that is not before the instant. */
  #nearest(id: EventId, atMs: number): EventId {
    const { lowestId, log } = this.#table;
    const rows = [
      ...this.#rows("descending", lowestId, id > MIN_EVENT_ID ? id - 1n : id, NEIGHBOUR_ROWS).toReversed(),
      ...this.#rows("ascending", id, log.latestId, NEIGHBOUR_ROWS),
    ].filter(({ ms }) => ms >= atMs);
    let best = rows[0];
    for (const row of rows) if (best === undefined || row.ms < best.ms) best = row;
    return best?.id ?? id;
  }

  #rows(
    direction: "ascending" | "descending",
    lowest: EventId,
    highest: EventId,
    limitRows: number,
  ): TimedRow[] {
    // Beyond the largest id of 64 bits SQLite can't be asked.
    if (lowest > highest) return [];
    const { reader } = this.#table;
    const queries = reader.queries();
    // A value that is so large is no time.
    const time = `CASE WHEN octet_length(${this.#column}) <= 100 THEN ${this.#column} END`;
    return reader
      .matching()
      .read(`${queries.key}, ${time}`, sql`TRUE`, { direction, lowest, highest }, limitRows, 0)
      .flatMap((values) => {
        const ms = this.#read(values[1] ?? null);
        return ms === undefined ? [] : [{ id: queries.idOf(values), ms }];
      });
  }
}

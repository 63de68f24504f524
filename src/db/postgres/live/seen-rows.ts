/** Whether the rows that were delivered are still the same ones, by a few of them that are remembered. */
import type { EventId, EventRow } from "../../../events.ts";
import { compare, distancesOf, isIdentical, type Landmark, landmarkOf, Landmarks } from "../../landmarks.ts";
import { plainValue } from "../values.ts";
import type { RowQueries } from "./row-queries.ts";

/** What else is known when rows are compared. */
export interface Evidence {
  /** The same table of the same database, in the same history of it. */
  readonly isSameTable: boolean;
  /** The sequence never gave an id again, as far as can be seen. */
  readonly idsNeverReturn: boolean;
  /** The column that says when a row came to be. */
  readonly timeColumn: string | undefined;
}

/** Landmarks are compared column by column, whatever the version of the schema. */
const SCHEMA = "";

export class SeenRows {
  readonly landmarks: Landmarks;
  readonly #queries: RowQueries;

  constructor(queries: RowQueries, landmarks: Landmarks = new Landmarks()) {
    this.#queries = queries;
    this.landmarks = landmarks;
  }

  /** Remembers a row that was read anyway. */
  note(row: EventRow): void {
    if (row.id > (this.landmarks.newest?.id ?? row.id - 1n)) this.landmarks.add(this.#markOf(row));
  }

  /** Remembers the newest row up to an id, and others in growing distances down to one that was seen before. */
  async remember(latestId: EventId, seenId: EventId): Promise<void> {
    const ids = [latestId, ...distancesOf(latestId - seenId).map((distance) => latestId - distance)];
    const rows = await this.#queries.upTo(ids);
    this.landmarks.add(...rows.filter(({ id }) => id > seenId).map((row) => this.#markOf(row)));
  }

  /**
   * Whether the rows up to an id are still the same.
   * @returns "all" where they are; otherwise the last id that is the same, or "none"
   */
  async lastSameId(latestId: EventId, evidence: Evidence): Promise<EventId | "all" | "none"> {
    const { newest, older } = this.landmarks;
    // Nothing of an empty log was delivered.
    if (newest === undefined) return "all";
    const now = await this.#rowAt(newest.id);
    if (now !== undefined && isIdentical(newest, now)) return "all";
    if (now !== undefined && isSameRow(newest, now, evidence)) {
      // It is compared with what it looks like now from here on.
      this.landmarks.add(now);
      return "all";
    }
    if (now === undefined && evidence.isSameTable && evidence.idsNeverReturn) {
      // It was deleted.
      this.landmarks.dropAfter(newest.id - 1n);
      return "all";
    }
    for (const mark of older) {
      const row = await this.#rowAt(mark.id);
      if (row === undefined || !isSameRow(mark, row, evidence)) continue;
      return mark.id < latestId ? mark.id : latestId;
    }
    return "none";
  }

  async #rowAt(id: EventId): Promise<Landmark | undefined> {
    const [row] = await this.#queries.upTo([id]);
    return row?.id === id ? this.#markOf(row) : undefined;
  }

  #markOf({ id, values }: EventRow): Landmark {
    const columns = this.#queries.columns.slice(1);
    return landmarkOf(id, SCHEMA, columns, values.slice(1).map(plainValue));
  }
}

/** Whether a row with changed values is still the row that it was, so that it was an UPDATE. */
function isSameRow(before: Landmark, now: Landmark, evidence: Evidence): boolean {
  const { isEqual, hasSameTime } = compare(before, now, [], evidence.timeColumn);
  if (isEqual) return true;
  return evidence.isSameTable && (evidence.idsNeverReturn || hasSameTime);
}

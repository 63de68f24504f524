/**
 * Rows that were seen, in growing distances from the newest: by them it is found out whether, and up to where, the
 * rows are still those that were delivered. Why so, and not otherwise: docs/decisions/landmark.md
 */
import { type EventId, JsonText, type RowValue } from "../events.ts";

/** What a row looked like. */
export interface Landmark {
  readonly id: EventId;
  /** The version of the schema when the row was read. */
  readonly schemaVersion: string;
  /** The columns that could be compared, in the table's order. */
  readonly columns: readonly string[];
  /** A hash of each column's value; undefined for NULL. */
  readonly hashes: readonly (number | bigint | undefined)[];
}

/** @param values of the columns, in their order */
export function landmarkOf(
  id: EventId,
  schemaVersion: string,
  columns: readonly string[],
  values: readonly RowValue[],
): Landmark {
  return { id, schemaVersion, columns, hashes: values.map(hashOf) };
}

function hashOf(value: RowValue): number | bigint | undefined {
  if (value === null) return undefined;
  if (value instanceof JsonText) return Bun.hash(`json ${value.json}`);
  return Bun.hash(value instanceof Uint8Array ? value : `${typeof value} ${value}`);
}

/** The newest landmarks are all kept: beyond them two in each power of ten of the distance, 46 in all. */
const KEPT_NEWEST = 8;

/** They are thinned when there are more than this many: to do so at every commit would take longer than the look. */
const MOST_LANDMARKS = 64;

export class Landmarks {
  /** Newest first. */
  #marks: readonly Landmark[] = [];

  get newest(): Landmark | undefined {
    return this.#marks[0];
  }

  /** All but the newest, newest first. */
  get older(): readonly Landmark[] {
    return this.#marks.slice(1);
  }

  /** Adds rows, or replaces what was known of them. */
  add(...marks: readonly Landmark[]): void {
    const [first] = marks;
    const isOneNewer = first !== undefined && marks.length === 1 && first.id > (this.newest?.id ?? -Infinity);
    this.#marks = isOneNewer ? [first, ...this.#marks] : merge(this.#marks, marks);
    if (this.#marks.length > MOST_LANDMARKS) this.#marks = thin(this.#marks);
  }

  /** Forgets the rows after an id. */
  dropAfter(id: EventId): void {
    this.#marks = this.#marks.filter((mark) => mark.id <= id);
  }
}

/** Newest first, the later ones in place of the earlier ones with the same ids. */
function merge(earlier: readonly Landmark[], later: readonly Landmark[]): readonly Landmark[] {
  const byId = new Map([...earlier, ...later].map((mark) => [mark.id, mark]));
  return [...byId.values()].toSorted((a, b) => (a.id < b.id ? 1 : -1));
}

/**
 * Keeps the newest landmarks, and the first and the last one of each power of ten of the distance, so that from any
 * row the next landmark is not much farther away than the row itself is from the end. The oldest always stays.
 */
function thin(marks: readonly Landmark[]): readonly Landmark[] {
  const [newest] = marks;
  if (newest === undefined || marks.length <= KEPT_NEWEST) return marks;
  const band = (mark: Landmark | undefined): number =>
    mark === undefined ? -1 : String(newest.id - mark.id).length;
  return marks.filter(
    (mark, at) =>
      at < KEPT_NEWEST || band(mark) !== band(marks[at - 1]) || band(mark) !== band(marks[at + 1]),
  );
}

/** Ids at which landmarks are set when a stretch of the log is seen for the first time: 1, 10, 100 … before its end. */
export function distancesOf(stretch: EventId): EventId[] {
  const distances: EventId[] = [];
  for (let distance = 1n; distance < stretch; distance *= 10n) distances.push(distance);
  return distances;
}

/** Whether nothing at all has changed: the quick answer for nearly every look. */
export function isIdentical(before: Landmark, now: Landmark): boolean {
  return (
    before.schemaVersion === now.schemaVersion && now.hashes.every((hash, at) => hash === before.hashes[at])
  );
}

/** How a landmark and the row that now has its id compare. */
export interface Evidence {
  /** The same values in every column that both have. */
  readonly isEqual: boolean;
  /** The same, or other values in a key that the table declares besides; undefined where there is none. */
  readonly hasSameKey: boolean | undefined;
  /** The same time. */
  readonly hasSameTime: boolean;
}

/**
 * @param otherKeys the columns of each key that the table declares besides its integer key
 * @param timeColumn the column that plays the role of the time
 */
export function compare(
  before: Landmark,
  now: Landmark,
  otherKeys: readonly (readonly string[])[],
  timeColumn: string | undefined,
): Evidence {
  const same = sameColumns(before, now);
  const keys = otherKeys
    .map((columns) => columns.map((column) => same.get(column)))
    // A key with NULL in it tells nothing: SQL allows many rows with it.
    .filter((columns) => columns.every((each) => each !== undefined && each !== "null"));
  return {
    isEqual:
      same.size > 0
        ? same.values().every((each) => each !== "different")
        : before.columns.length + now.columns.length === 0,
    hasSameKey:
      keys.length === 0 ? undefined : keys.some((columns) => columns.every((each) => each === "same")),
    hasSameTime: timeColumn !== undefined && same.get(timeColumn) === "same",
  };
}

/** How each column that both have compares. An ALTER TABLE leaves the rows what they are. */
function sameColumns(before: Landmark, now: Landmark): Map<string, "same" | "different" | "null"> {
  const found = new Map<string, "same" | "different" | "null">();
  for (const [at, column] of now.columns.entries()) {
    const index = before.columns[at] === column ? at : before.columns.indexOf(column);
    if (index === -1) continue;
    const [a, b] = [before.hashes[index], now.hashes[at]];
    found.set(column, a !== b ? "different" : a === undefined ? "null" : "same");
  }
  return found;
}

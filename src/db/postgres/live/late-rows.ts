/**
 * Rows that came below the watermark all the same: from ids that a session had drawn long before, or that somebody
 * wrote by hand. They are counted, because no stream will have them: docs/decisions/watermark.md
 */
import type { EventId } from "../../../events.ts";
import type { Gap, TableQueries } from "./table-queries.ts";

/** Gaps that are looked at: the newest. A look at each of them is a step in an index. */
const MOST_GAPS = 1000;

/** Rows that are counted in each gap at a time. */
const ROWS_PER_GAP = 100;

/** The operator is told for so long after the last one. In ms. */
const NEWS_MS = 3_600_000;

export class LateRows {
  #gaps: readonly Gap[] = [];
  #count = 0;
  #newestId: EventId | undefined;
  #foundAtMs = -Infinity;

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** Whether it is still worth a word. */
  get isNews(): boolean {
    return performance.now() - this.#foundAtMs < NEWS_MS;
  }

  /** The one that was found last. */
  get newestId(): EventId | undefined {
    return this.#newestId;
  }

  /** The watermark went over ids that no row had. */
  noteGaps(gaps: readonly Gap[]): void {
    this.#gaps = [...this.#gaps, ...gaps].slice(-MOST_GAPS);
  }

  /** The same, from the ids of all rows after one and up to another. */
  noteRows(after: EventId, ids: readonly EventId[], upTo: EventId): void {
    const gaps: Gap[] = [];
    let before = after;
    for (const id of [...ids, upTo + 1n]) {
      if (id > before + 1n) gaps.push({ from: before + 1n, to: id - 1n });
      before = id;
    }
    this.noteGaps(gaps);
  }

  /** Looks whether rows have come. @returns their ids */
  async look(queries: Pick<TableQueries, "rowsIn">): Promise<readonly EventId[]> {
    const looked = this.#gaps;
    if (looked.length === 0) return [];
    const found = (await queries.rowsIn(looked, ROWS_PER_GAP)).toSorted((a, b) => (a < b ? -1 : 1));
    if (found.length === 0) return [];
    this.#count += found.length;
    this.#newestId = found.at(-1);
    this.#foundAtMs = performance.now();
    this.#gaps = this.#gaps.flatMap((gap) => without(gap, found));
    return found;
  }

  /** The rows after an id will be delivered again. */
  forgetAfter(id: EventId): void {
    this.#gaps = this.#gaps.filter(({ from }) => from <= id);
  }
}

/** What is left of a gap without some ids, which rise. */
function without({ from, to }: Gap, ids: readonly EventId[]): Gap[] {
  const left: Gap[] = [];
  let next = from;
  for (const id of ids.filter((each) => each >= from && each <= to)) {
    if (id > next) left.push({ from: next, to: id - 1n });
    next = id + 1n;
  }
  if (next <= to) left.push({ from: next, to });
  return left;
}

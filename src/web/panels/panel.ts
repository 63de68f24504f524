/** One panel: the rows of a table that the reader sees, kept as they are in the file. */
import { batch, type Signal, signal } from "@preact/signals";

import { messageOf } from "../../message-of.ts";
import { Refused, type Tagged } from "../api.ts";
import type { Group, PanelTable, RowPage } from "./contract.ts";
import { compareRows, isMarked, type Marks, NO_MARKS } from "./difference.ts";
import { describeTable, type Layout, type PanelRow, readRow } from "./panel-row.ts";
import type { RowsRequest } from "./panels-api.ts";

/** What a panel shows at first, and the most that it shows: the server gives no more in one answer. In rows. */
export const FIRST_ROWS = 100;
export const MAX_ROWS = 500;

/** How long a change is marked: longer than it flashes, and long enough to be seen without motion. */
const MARK_MS = 1600;

export interface PanelOptions {
  readonly table: PanelTable;
  readonly fetchRows: (request: RowsRequest, tag: string | undefined) => Promise<Tagged<RowPage> | undefined>;
  /** Whether somebody may look at the page. */
  readonly isPageVisible: () => boolean;
  /** The server has no such table any longer. */
  readonly onGone: () => void;
}

const NOT_FOUND = 404;

export class Panel {
  readonly table: PanelTable;
  readonly layout: Layout;
  /** Undefined until they were read once. */
  readonly rows: Signal<readonly PanelRow[] | undefined> = signal(undefined);
  readonly groups: Signal<readonly Group[] | null> = signal(null);
  /** Only rows with this status are shown; all where it is undefined. */
  readonly group: Signal<string | undefined> = signal(undefined);
  readonly hasMore = signal(false);
  /** Why they are not what is in the file, in a sentence. */
  readonly failure: Signal<string | undefined> = signal(undefined);
  readonly marks: Signal<Marks> = signal(NO_MARKS);
  readonly #options: PanelOptions;
  #limit = FIRST_ROWS;
  #isInSight = false;
  #isStale = true;
  #isReading = false;
  /** What is shown answers this: only then a difference is a change. */
  #shown: { readonly request: string; readonly tag: string | undefined } | undefined;
  #markTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PanelOptions) {
    this.#options = options;
    this.table = options.table;
    this.layout = describeTable(options.table);
  }

  /** The panel comes into sight, or goes: only what is seen is read. */
  setInSight(isInSight: boolean): void {
    this.#isInSight = isInSight;
    this.goOn();
  }

  /** The file has changed: what is shown may be out of date. */
  refresh(): void {
    this.#isStale = true;
    this.goOn();
  }

  choose(group: string | undefined): void {
    this.group.value = group;
    this.#limit = FIRST_ROWS;
    this.refresh();
  }

  showMore(): void {
    this.#limit = MAX_ROWS;
    this.refresh();
  }

  get isFull(): boolean {
    return this.#limit >= MAX_ROWS;
  }

  /** Reads what is out of date, one request at a time. */
  goOn(): void {
    if (this.#isReading || !this.#isWanted()) return;
    void this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    while (this.#isWanted()) {
      this.#isStale = false;
      const group = this.group.peek();
      const request = { table: this.table.name, limit: this.#limit, group };
      const name = JSON.stringify(request);
      try {
        const tag = this.#shown?.request === name ? this.#shown.tag : undefined;
        const page = await this.#options.fetchRows(request, tag);
        // Another group was chosen meanwhile: its rows are read in the next turn.
        if (group !== this.group.peek()) continue;
        if (page === undefined) this.failure.value = undefined;
        else this.#show(page, name);
      } catch (error) {
        if (error instanceof Refused && error.status === NOT_FOUND) this.#go();
        else this.failure.value = `It can’t be read: ${messageOf(error)}`;
      }
    }
    this.#isReading = false;
  }

  /** What was read means nothing any longer. */
  #go(): void {
    this.#shown = undefined;
    batch(() => {
      this.rows.value = undefined;
      this.groups.value = null;
      this.hasMore.value = false;
      this.failure.value = "There is no such table any longer.";
      this.#mark(NO_MARKS);
    });
    this.#options.onGone();
  }

  #isWanted(): boolean {
    return this.#isStale && this.#isInSight && this.#options.isPageVisible();
  }

  #show({ value: page, tag }: Tagged<RowPage>, request: string): void {
    const before = this.rows.peek();
    const old = new Map(before?.map((row) => [row.key, row]));
    const rows = page.items.map((json) => sameRow(old, readRow(json)));
    const marks =
      before !== undefined && request === this.#shown?.request ? compareRows(before, rows) : NO_MARKS;
    this.#shown = { request, tag };
    batch(() => {
      this.rows.value = rows;
      this.groups.value = page.groups;
      this.hasMore.value = page.hasMore;
      this.failure.value = undefined;
      if (isMarked(marks) || marks === NO_MARKS) this.#mark(marks);
    });
  }

  #mark(marks: Marks): void {
    this.marks.value = marks;
    clearTimeout(this.#markTimer);
    if (marks === NO_MARKS) return;
    this.#markTimer = setTimeout(() => {
      this.marks.value = NO_MARKS;
    }, MARK_MS);
  }
}

/** The object from before where nothing is different: what is drawn of it stays as it is. */
function sameRow(old: ReadonlyMap<string, PanelRow>, row: PanelRow): PanelRow {
  const before = old.get(row.key);
  return before !== undefined && JSON.stringify(before.json) === JSON.stringify(row.json) ? before : row;
}

/** The rows that came after the server has counted: they are counted on top, without a request. */
import type { LogEvent } from "../event/event.ts";
import { nameOf } from "../event/names.ts";
import { instantOf, type Reading } from "../event/reading.ts";
import { textOf } from "../text/text.ts";

/** What is counted of a row. */
export interface LiveRow {
  readonly id: bigint;
  readonly ms: number;
  /** "" is none. */
  readonly type: string;
  readonly actor: string;
}

/** With so many the server is asked anew. */
export const MANY_ROWS = 5000;

/** Rows beyond these are not counted until the server is asked again: 2 MB. */
const MAX_ROWS = 20_000;

/** The server counts a longer value as none. In characters. */
const MAX_VALUE_LENGTH = 200;

export class LiveRows {
  #rows: LiveRow[] = [];

  get all(): readonly LiveRow[] {
    return this.#rows;
  }

  /** @returns false where the row is not counted: it has no time, or there are too many */
  add(event: LogEvent, reading: Reading): boolean {
    const { time, type, actor } = reading.roles;
    const ms = time === undefined ? undefined : instantOf(event.json[time], reading);
    if (ms === undefined || this.#rows.length >= MAX_ROWS) return false;
    this.#rows.push({ id: event.id, ms, type: valueOf(event, type), actor: valueOf(event, actor) });
    return true;
  }

  /** The rows up to this id are among those that the server has counted. */
  dropThrough(id: bigint): void {
    this.#rows = this.#rows.filter((row) => row.id > id);
  }

  clear(): void {
    this.#rows = [];
  }
}

/** As the server counts it: the text of the row that a reference leads to, or what is stored. */
function valueOf({ json }: LogEvent, column: string | undefined): string {
  if (column === undefined) return "";
  const text = nameOf(json, column, {}) ?? textOf(json[column]);
  return text.length > MAX_VALUE_LENGTH ? "" : text;
}

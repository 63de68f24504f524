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
  /** Those that nobody has looked at so far: what is counted of them is found out then, a few times a second. */
  #waiting: LogEvent[] = [];

  get length(): number {
    return this.#rows.length + this.#waiting.length;
  }

  /** @returns false where it is not counted, because there are too many */
  add(event: LogEvent): boolean {
    if (this.length >= MAX_ROWS) return false;
    this.#waiting.push(event);
    return true;
  }

  /** All of them that have a time. */
  read(reading: Reading): readonly LiveRow[] {
    const { time, type, actor } = reading.roles;
    for (const event of this.#waiting) {
      const ms = time === undefined ? undefined : instantOf(event.json[time], reading);
      if (ms === undefined) continue;
      this.#rows.push({ id: event.id, ms, type: valueOf(event, type), actor: valueOf(event, actor) });
    }
    this.#waiting = [];
    return this.#rows;
  }

  /** The rows up to this id are among those that the server has counted. */
  dropThrough(id: bigint): void {
    this.#rows = this.#rows.filter((row) => row.id > id);
    this.#waiting = this.#waiting.filter((event) => event.id > id);
  }

  clear(): void {
    this.#rows = [];
    this.#waiting = [];
  }
}

/** As the server counts it: the text of the row that a reference leads to, or what is stored. */
function valueOf({ json }: LogEvent, column: string | undefined): string {
  if (column === undefined) return "";
  const text = nameOf(json, column, {}) ?? textOf(json[column]);
  return text.length > MAX_VALUE_LENGTH ? "" : text;
}

/** The newest events, each of them once. This is what the table shows, however many events go by. */

import type { LogEvent } from "../event/event.ts";

export class RecentEvents {
  readonly limitRows: number;
  #newestFirst: LogEvent[] = [];
  #hasLetGo = false;

  constructor(limitRows: number) {
    this.limitRows = limitRows;
  }

  /** This array changes in place, so copy it before you hand it to a view. */
  get newestFirst(): readonly LogEvent[] {
    return this.#newestFirst;
  }

  /** Whether there was no room for some event since the list was cleared. */
  get hasLetGo(): boolean {
    return this.#hasLetGo;
  }

  /** @returns false when the event is here already, or is older than everything that a full list holds */
  add(event: LogEvent): boolean {
    const events = this.#newestFirst;
    // Nearly every event is the newest one, so this loop usually looks at one row.
    let at = 0;
    for (let other = events[at]; other !== undefined && other.id >= event.id; other = events[++at]) {
      if (other.id === event.id) return false;
    }
    const isFull = events.length >= this.limitRows;
    if (isFull) this.#hasLetGo = true;
    if (at >= this.limitRows) return false;
    events.splice(at, 0, event);
    if (isFull) events.pop();
    return true;
  }

  /** Takes out the events whose ids are larger than this one. */
  dropAfter(id: bigint): void {
    this.#newestFirst = this.#newestFirst.filter((event) => event.id <= id);
  }

  clear(): void {
    this.#newestFirst = [];
    this.#hasLetGo = false;
  }
}

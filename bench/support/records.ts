/** When events came: `[firstId, lastId, receivedAt]` of every read, in one growing array. */

const FIELDS = 3;

export class Records {
  #values = new Float64Array(FIELDS * 1024);
  #length = 0;

  add(firstId: number, lastId: number, receivedAt: number): void {
    if (this.#length + FIELDS > this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = firstId;
    this.#values[this.#length++] = lastId;
    this.#values[this.#length++] = receivedAt;
  }

  /** The records so far, which are then forgotten. */
  take(): Float64Array<ArrayBuffer> {
    const taken = this.#values.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}

/**
 * The delay of every event of the records, in milliseconds.
 * @param committedAt by ID, in milliseconds since the epoch; events of other IDs are left out
 */
export function delaysOf(records: Float64Array, committedAt: ReadonlyMap<number, number>): Float64Array {
  let events = 0;
  for (let at = 0; at < records.length; at += FIELDS)
    events += (records[at + 1] ?? 0) - (records[at] ?? 0) + 1;
  const delays = new Float64Array(events);
  let count = 0;
  for (let at = 0; at < records.length; at += FIELDS) {
    for (let id = records[at] ?? 0; id <= (records[at + 1] ?? -1); id++) {
      const committed = committedAt.get(id);
      if (committed !== undefined) delays[count++] = (records[at + 2] ?? Number.NaN) - committed;
    }
  }
  return delays.subarray(0, count).toSorted();
}

/** The value below which a share of the sorted values lies; NaN where there is none. */
export function percentileOfSorted(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

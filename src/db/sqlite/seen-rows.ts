/** Whether the rows that were delivered are still the same ones, by a few of them that are remembered. */
import type { EventId, LogPosition } from "../../events.ts";
import { compare, distancesOf, isIdentical, type Landmark, type Landmarks } from "../landmarks.ts";
import type { EventReader } from "./reader.ts";

export type SeenPosition = Pick<LogPosition, "latestId" | "startId">;

export class SeenRows {
  readonly landmarks: Landmarks;
  readonly #reader: EventReader;
  readonly #timeColumn: () => string | undefined;

  /** @param timeColumn the column that says when a row came to be, as far as that is known */
  constructor(reader: EventReader, landmarks: Landmarks, timeColumn: () => string | undefined) {
    this.#reader = reader;
    this.landmarks = landmarks;
    this.#timeColumn = timeColumn;
  }

  /**
   * Whether the rows that were delivered are still the same.
   * @param newestId the largest id in the table now, where `latestId` is the largest that was seen before
   * @param isSameFile false where another file took the place of the one that was followed
   * @returns undefined where nothing is to be delivered again; otherwise the last id that is the same
   */
  lastSameId(
    { latestId, startId }: SeenPosition,
    newestId: EventId | undefined,
    isSameFile: boolean,
  ): EventId | undefined {
    const { newest } = this.landmarks;
    if (newest === undefined) {
      const isPlausible =
        isSameFile && (newestId === undefined ? latestId === startId : newestId >= latestId);
      return isPlausible || (isSameFile && this.#idsNeverReturn(latestId)) ? undefined : startId;
    }
    const now = this.#reader.landmarkAt(newest.id);
    if (now !== undefined && isIdentical(newest, now)) return undefined;
    if (now !== undefined && this.#isSameRow(newest, now, isSameFile, latestId)) {
      // It is compared with what it looks like now from here on.
      this.landmarks.add(now);
      return undefined;
    }
    const isTrusted = isSameFile && newest.schemaVersion === this.#reader.schemaVersion;
    if (now === undefined && isTrusted && this.#idsNeverReturn(latestId)) {
      this.landmarks.dropAfter(newest.id - 1n);
      return undefined;
    }
    const lastSame = this.landmarks.older.find((mark) => {
      const row = this.#reader.landmarkAt(mark.id);
      return row !== undefined && this.#isSameRow(mark, row, isSameFile, latestId);
    });
    const lastSameId = lastSame === undefined ? startId : lastSame.id;
    const isOnlyGone = now === undefined && isSameFile && newestId !== undefined && newestId > latestId;
    if (isOnlyGone && !this.#reader.hasRows(lastSameId, latestId)) {
      // REPLACE under another key deletes the row and inserts it with a new id: none was given again.
      this.landmarks.dropAfter(lastSameId);
      return undefined;
    }
    return lastSameId;
  }

  /**
   * Whether a row with changed values is still the row that it was, so that it was an UPDATE. In this order:
   * AUTOINCREMENT never gives an id again; another key that the table declares is the same; the time is the same.
   * Where the schema has changed since, the table may have been made anew, and only the key tells.
   */
  #isSameRow(before: Landmark, now: Landmark, isSameFile: boolean, latestId: EventId): boolean {
    const { otherKeys } = this.#reader.table;
    const { isEqual, hasSameKey, hasSameTime } = compare(before, now, otherKeys, this.#timeColumn());
    if (isEqual) return true;
    const isTrusted = isSameFile && before.schemaVersion === now.schemaVersion;
    if (isTrusted && this.#idsNeverReturn(latestId)) return true;
    return hasSameKey ?? (isTrusted && hasSameTime);
  }

  /** AUTOINCREMENT remembers the largest id that ever was; after a restore or a DROP it remembers a smaller one. */
  #idsNeverReturn(latestId: EventId): boolean {
    const largestEver = this.#reader.autoincrement();
    return largestEver !== undefined && largestEver >= latestId;
  }

  /** Remembers the newest row, and others in growing distances down to a row that was seen before. */
  remember({ latestId, startId }: SeenPosition, seenId: EventId): void {
    const newest = this.#reader.landmarkUpTo(latestId);
    if (newest === undefined || newest.id <= seenId) return;
    const marks = [newest];
    for (const distance of distancesOf(newest.id - seenId)) {
      const mark = this.#reader.landmarkUpTo(newest.id - distance);
      // Where ids have wide gaps, one step leads to what is known already.
      if (mark === undefined || mark.id <= seenId) break;
      if (mark.id < (marks.at(-1)?.id ?? newest.id)) marks.push(mark);
    }
    const oldest = seenId === startId ? this.#reader.landmarkUpTo(startId + 1n) : undefined;
    this.landmarks.add(...marks, ...(oldest === undefined ? [] : [oldest]));
  }
}

/** What a look at a followed table finds, and what is remembered of the table while it is not open. */
import type { EventId, ResetReason } from "../../events.ts";
import type { Landmarks } from "../landmarks.ts";
import type { LogNames } from "../log-names.ts";
import type { Rate } from "../rate.ts";

/** What a look at the table found. */
export type Look =
  /** There are newer rows. */
  | { readonly kind: "rows" }
  /** Nobody has written to the file. */
  | { readonly kind: "unchanged" }
  /** Somebody has written to the file: to another table, or to rows that were delivered. */
  | { readonly kind: "touched" }
  /** Rows after an id are other rows now, or gone: cursors beyond it go back to it. */
  | { readonly kind: "replaced"; readonly reason: ResetReason; readonly resumedFrom: EventId };

/** What is remembered of a table while the file is not open. */
export interface TableMemory {
  /** The file that it was in. */
  readonly fileId: string;
  readonly names: LogNames;
  readonly landmarks: Landmarks;
  readonly latestId: EventId;
  readonly wasEmpty: boolean;
  readonly rate: Rate;
}

/** What a look at a followed table finds, and what is remembered of the table while it is not open. */
import type { EventId, ResetReason } from "../../../events.ts";
import type { Landmarks } from "../../landmarks.ts";
import type { LogNames } from "../../log-names.ts";
import type { Rate } from "../../rate.ts";
import type { LateRows } from "./late-rows.ts";
import type { LogIdentity } from "./log-identity.ts";

/** What a look at the table found. */
export type Look =
  | { readonly kind: "rows"; readonly isEnd: boolean }
  | { readonly kind: "unchanged" }
  /** Rows after an id are other rows now, or gone: cursors beyond it go back to it. */
  | { readonly kind: "replaced"; readonly reason: ResetReason; readonly resumedFrom: EventId }
  /** It has to be opened anew. */
  | { readonly kind: "altered" };

/** What is remembered of a table while it is not open. */
export interface TableMemory {
  readonly identity: LogIdentity;
  readonly names: LogNames;
  readonly landmarks: Landmarks;
  readonly latestId: EventId;
  readonly startId: EventId;
  readonly rate: Rate;
  readonly late: LateRows;
}

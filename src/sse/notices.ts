/** What a stream tells its client beside the rows: docs/api.md has each event and its data. */
import type { EventId, LogPosition, ResetReason } from "../events.ts";
import { idForJson } from "../rows/json.ts";
import { encodeNamed, encodeRetry } from "./encode.ts";

/** @param id after which the stream goes on */
export function encodeHello(position: LogPosition, id: EventId): string {
  return encodeNamed("hello", describe(position, id), id);
}

/** @param id after which the stream goes on */
export function encodeReset(position: LogPosition, reason: ResetReason, id: EventId): string {
  return encodeNamed("reset", { reason, ...describe(position, id) }, id);
}

/** Rows from the one after `from` to `to` are gone. */
export function encodeGap(from: EventId, to: EventId): string {
  return encodeNamed("gap", { from: idForJson(from), oldestId: idForJson(to + 1n) }, to);
}

/** @param dataVersion the name of the state of the database */
export function encodeChange(dataVersion: string): string {
  return encodeNamed("change", { dataVersion });
}

/** A script in a page can't read `retry:`, so it is told by an event, too. */
export function encodeBye(comeBackInMs: number): string {
  return encodeRetry(comeBackInMs) + encodeNamed("bye", { comeBackInMs });
}

function describe({ latestId, startId, log }: LogPosition, resumedFrom: EventId) {
  return {
    latestId: idForJson(latestId),
    oldestId: idForJson(startId + 1n),
    resumedFrom: idForJson(resumedFrom),
    log,
  };
}

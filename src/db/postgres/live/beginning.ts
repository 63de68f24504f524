/** Up to where a table is complete when it is seen for the first time. */
import type { EventId } from "../../../events.ts";
import type { LockQueries } from "./lock-queries.ts";
import type { Gap, TableQueries } from "./table-queries.ts";
import { Watermark } from "./watermark.ts";

/** Newest rows in which gaps are looked for. */
export const GAP_ROWS = 10_000;

/** Between two looks whether the transactions have ended. In ms. */
const PAUSE_MS = 10;

/**
 * Which ids the transactions have drawn that write to the table just now is not known. They are waited for; where one
 * of them does not end, the log begins before the first gap among the newest rows, and goes on from there.
 * @param signal ends the wait, and so does `waitMs`
 */
export async function findBeginning(
  queries: TableQueries,
  locks: LockQueries,
  { startId, newestId }: { readonly startId: EventId; readonly newestId: EventId },
  signal: AbortSignal,
  waitMs: number,
): Promise<{ watermark: Watermark; gaps: readonly Gap[] }> {
  const watermark = new Watermark(newestId > startId ? startId : newestId);
  // Whatever was committed is above a gap, as far as is known.
  watermark.noteRows([], newestId);
  const deadlineMs = performance.now() + waitMs;
  for (;;) {
    watermark.noteHolders(await locks.holders());
    if (watermark.id >= newestId || performance.now() > deadlineMs || signal.aborted) break;
    await Bun.sleep(PAUSE_MS);
  }
  const gaps = await queries.gaps(startId, newestId, GAP_ROWS);
  const [oldestGap] = gaps;
  if (watermark.id < newestId) watermark.raiseTo(oldestGap === undefined ? newestId : oldestGap.from - 1n);
  return { watermark, gaps };
}

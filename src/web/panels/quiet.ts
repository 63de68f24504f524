/** When a row is quiet: its last sign of life stands still. */

/** What moved within a minute is not quiet. */
export const QUIET_MS = 60_000;

/** A row may miss two of the beats that its siblings keep. */
const LATE_FACTOR = 3;

/**
 * Which rows are quiet for longer than their siblings lead to expect: more than three times the median of the others'
 * ages, and more than a minute.
 * @param agesMs since the last sign of life of each row of a table
 */
export function lateOnes(agesMs: readonly number[]): boolean[] {
  const sorted = agesMs.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) >> 1;
  return agesMs.map((age) => {
    // Among the others: where the row itself stands before their middle, that is one place further.
    const isBefore = sorted.indexOf(age) <= middle;
    const median = sorted[isBefore ? middle + 1 : middle];
    return median !== undefined && age > QUIET_MS && age > LATE_FACTOR * Math.max(median, 0);
  });
}

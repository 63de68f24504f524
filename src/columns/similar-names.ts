/** How much one name is like another, for those who misspell or half remember it. */

/** Shorter parts are in every other name. */
const MIN_PART_LENGTH = 3;

/** Longer names are compared by their parts alone: the distance takes the product of both lengths. */
const MAX_EDITED_LENGTH = 64;

/** One slip in as many characters: more, and the names have nothing to do with each other. */
const CHARACTERS_PER_SLIP = 3;

/**
 * @returns 0 for one name but for case, plural and separators; 1 where one begins with the other, 2 where one
 * contains the other; more by the slips between them; Infinity where they have nothing in common
 */
export function unlikeness(wanted: string, name: string): number {
  const [a, b] = [stemOf(wanted), stemOf(name)];
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  if (shorter === "") return Infinity;
  if (shorter === longer) return 0;
  if (shorter.length >= MIN_PART_LENGTH) {
    if (longer.startsWith(shorter)) return 1;
    if (longer.includes(shorter)) return 2;
  }
  const mostSlips = Math.floor(shorter.length / CHARACTERS_PER_SLIP);
  if (longer.length - shorter.length > mostSlips || longer.length > MAX_EDITED_LENGTH) return Infinity;
  const slips = distance(shorter, longer);
  return slips <= mostSlips ? 2 + slips : Infinity;
}

/** A name without what people leave out or add: case, separators, the plural. */
function stemOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "")
    .replace(/ies$/, "y")
    .replace(/(?<=x|ss|sh|ch)es$|(?<=[^s])s$/, "");
}

/** The optimal string alignment distance: characters inserted, deleted, replaced, or two neighbours swapped. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const replaced = at(last, j - 1) + (isSame ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? at(beforeLast, j - 2) + 1 : Infinity;
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced, swapped));
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}

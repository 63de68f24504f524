/** Labels are known to the server alone: whether one is meant is decided here, and SQL compares the stored value. */
import type { Pattern } from "../question.ts";

/** Whether a label is like a pattern, as `isLike` has it in SQL. */
export function isShownAs(label: string, pattern: Pattern): boolean {
  const [first = "", ...rest] = pattern;
  const last = rest.pop() ?? "";
  if (!label.startsWith(first)) return false;
  let from = first.length;
  for (const piece of rest) {
    const found = label.indexOf(piece, from);
    if (found === -1) return false;
    from = found + piece.length;
  }
  return label.length - last.length >= from && label.endsWith(last);
}

/** Whether a word or phrase is in a label, as `contains` has it in SQL. */
export function includesIgnoringCase(label: string, pattern: Pattern): boolean {
  let from = 0;
  const text = label.toLowerCase();
  for (const piece of pattern) {
    const found = text.indexOf(piece.toLowerCase(), from);
    if (found === -1) return false;
    from = found + piece.length;
  }
  return true;
}

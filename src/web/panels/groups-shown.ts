/** The groups of a panel that can be chosen. */
import type { Group } from "./contract.ts";
import { storedText } from "./panel-row.ts";

export interface ShownGroup {
  readonly value: unknown;
  /** Undefined where nobody has counted them. */
  readonly count: number | undefined;
}

/**
 * Those that have most rows, and the one that is chosen: the reader has to see what is chosen, and to find back.
 * @param groups null where the table has none, or they are not counted so far
 * @param chosen the text of a group
 * @param hasRows whether the chosen one has any
 */
export function groupsShown(
  groups: readonly Group[] | null,
  chosen: string | undefined,
  hasRows: boolean,
): readonly ShownGroup[] {
  const isThere = chosen === undefined || groups?.some(({ value }) => storedText(value) === chosen) === true;
  if (isThere) return groups ?? [];
  return [...(groups ?? []), { value: chosen, count: hasRows ? undefined : 0 }];
}

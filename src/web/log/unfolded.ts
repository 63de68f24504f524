/** The folds that the reader has opened, by the ids of their rows. Nothing here changes a set in place. */

/** More are not kept open: the reader has left the first ones long ago. In rows. */
const MAX_UNFOLDED = 10_000;

export function withUnfolded(unfolded: ReadonlySet<bigint>, ids: readonly bigint[]): ReadonlySet<bigint> {
  return new Set([...unfolded, ...ids].slice(-MAX_UNFOLDED));
}

/** Opens a fold or closes it. @param ids of all its rows, so that it stays open whichever of them are left */
export function toggledFold(unfolded: ReadonlySet<bigint>, ids: readonly bigint[]): ReadonlySet<bigint> {
  if (ids.some((id) => unfolded.has(id))) return new Set([...unfolded].filter((id) => !ids.includes(id)));
  return withUnfolded(unfolded, ids);
}

/** The same work under way is not begun a second time: who asks meanwhile waits for the same end. */
export function joinCalls(work: () => Promise<void>): () => Promise<void> {
  let underWay: Promise<void> | undefined;
  return () => {
    underWay ??= work().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

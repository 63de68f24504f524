/** Counts the rows that come while nobody sees the tab. */
import type { State } from "./state.ts";

/** @returns what stops it */
export function countUnseen({ arrivals, unseen }: State): () => void {
  const isHidden = (): boolean => document.visibilityState === "hidden";
  const stop = arrivals.on(() => {
    if (isHidden()) unseen.value++;
  });
  const look = (): void => {
    if (!isHidden()) unseen.value = 0;
  };
  document.addEventListener("visibilitychange", look);
  return () => {
    stop();
    document.removeEventListener("visibilitychange", look);
  };
}

/** Counts the rows that come while nobody sees the tab. */
import { effect } from "@preact/signals";

import type { State } from "./state.ts";

/** @returns what stops it */
export function countUnseen({ arrivals, unseen }: State): () => void {
  let seen = arrivals.peek().count;
  const stop = effect(() => {
    const { count } = arrivals.value;
    if (document.visibilityState === "hidden") unseen.value = count - seen;
    else seen = count;
  });
  const look = (): void => {
    if (document.visibilityState === "hidden") return;
    seen = arrivals.peek().count;
    unseen.value = 0;
  };
  document.addEventListener("visibilitychange", look);
  return () => {
    stop();
    document.removeEventListener("visibilitychange", look);
  };
}

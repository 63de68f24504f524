/** Where the reader stopped looking: what came after it is divided from the rest when they come back. */
import type { State } from "../state.ts";

/** @returns what ends it */
export function followLooks({ newest, log }: State): () => void {
  let lastSeen: bigint | undefined;
  const newestId = (): bigint | undefined => newest.peek()?.[0]?.id;
  const divide = (): void => {
    const id = newestId();
    if (lastSeen !== undefined && id !== undefined && id > lastSeen) log.lookedAt.value = lastSeen;
  };
  const look = (): void => {
    if (document.visibilityState === "hidden") {
      log.lookedAt.value = undefined;
      lastSeen = newestId();
    } else {
      // A hidden tab draws nothing: what came meanwhile is shown in the first frame, and is there in the second.
      requestAnimationFrame(() => requestAnimationFrame(divide));
    }
  };
  document.addEventListener("visibilitychange", look);
  return () => document.removeEventListener("visibilitychange", look);
}

/** Where the reader stopped looking: what came after it is divided from the rest when they come back. */
import type { State } from "../state.ts";

/** @returns what ends it */
export function followLooks({ newest, log }: State): () => void {
  let lastSeen: bigint | undefined;
  const look = (): void => {
    const id = newest.peek()?.[0]?.id;
    if (document.visibilityState === "hidden") {
      log.lookedAt.value = undefined;
      lastSeen = id;
    } else if (lastSeen !== undefined && id !== undefined && id > lastSeen) log.lookedAt.value = lastSeen;
  };
  document.addEventListener("visibilitychange", look);
  return () => document.removeEventListener("visibilitychange", look);
}

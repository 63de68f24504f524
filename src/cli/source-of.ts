/** Makes the source that was asked for. */
import type { Place } from "../reader-options.ts";
import type { LogSource, SourceState } from "./log-source.ts";

export interface SourceObserver {
  onState(state: SourceState): void;
  onError(operation: string, message: string): void;
}

/** A server needs no database, and a file no HTTP: each is loaded when it is meant. */
export async function sourceOf(place: Place, observer: SourceObserver): Promise<LogSource> {
  if (place.kind === "file") return new (await import("./file-source.ts")).FileSource(place, observer);
  return new (await import("./server-source.ts")).ServerSource(place, (state) => observer.onState(state));
}

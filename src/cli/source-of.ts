/** Makes the source that was asked for. */
import type { LogObserver } from "../db/opened-log.ts";
import { withoutUrlPassword } from "../postgres-url.ts";
import { absolutePath } from "../process/failure.ts";
import type { Place } from "../reader-options.ts";
import type { LogSource, SourceState } from "./log-source.ts";

export interface SourceObserver {
  onState(state: SourceState): void;
  onError(operation: string, message: string): void;
  onWarning(message: string): void;
}

/** A server needs no database, and a file no HTTP: each is loaded when it is meant. */
export async function sourceOf(place: Place, observer: SourceObserver): Promise<LogSource> {
  if (place.kind === "server")
    return new (await import("./server-source.ts")).ServerSource(place, (state) => observer.onState(state));
  const { DatabaseSource } = await import("./database-source.ts");
  if (place.kind === "file") {
    const { SqliteLog } = await import("../db/sqlite/sqlite-log.ts");
    const path = absolutePath(place.path);
    return new DatabaseSource(
      place,
      path,
      (log) => new SqliteLog({ ...place, database: path }, log),
      observer,
    );
  }
  const { PostgresLog } = await import("../db/postgres/postgres-log.ts");
  const name = withoutUrlPassword(place.path);
  const open = (log: LogObserver) => new PostgresLog({ ...place, database: place.path }, log);
  return new DatabaseSource(place, name, open, observer);
}

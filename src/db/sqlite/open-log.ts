/** The log that the streams follow, as those see it who read beside them. */
import { LogUnavailableError } from "../../archive.ts";
import type { LogPosition, LogStatus } from "../../events.ts";
import type { OpenLog } from "./long-reads/protocol.ts";

export interface FollowedLog {
  position(): LogPosition | undefined;
  status(): LogStatus;
  /** What the worker has to know of it; undefined while it is not open. */
  openLog(): Omit<OpenLog, "name" | "latestId" | "startId"> | undefined;
}

/** @throws LogUnavailableError with what is wrong and what to do */
export function openLogOf(log: FollowedLog): OpenLog {
  const position = log.position();
  const open = log.openLog();
  const { state, problem, advice } = log.status();
  if (position !== undefined && open !== undefined && state !== "locked") {
    const { log: name, latestId, startId } = position;
    return { ...open, name, latestId, startId };
  }
  throw new LogUnavailableError(
    `${problem ?? "The database is being opened."} ${advice ?? "Ask again in a moment."}`,
  );
}

/** The log that the streams follow, as those see it who read beside them. */
import { LogUnavailableError } from "../../archive.ts";
import type { Later, LogPosition, LogStatus } from "../../events.ts";
import { refusalOf } from "../problem.ts";
import { LOCKED } from "./busy.ts";
import type { OpenLog } from "./long-reads/protocol.ts";

/** A writer that is in the way for longer is told of, as in the status. In ms. */
const LOOK_DEADLINE_MS = 2000;
/** Between two looks, where the gate does not open sooner: somebody may have closed the log meanwhile. In ms. */
const LOOK_PAUSE_MS = 100;

export interface FollowedLog {
  position(): LogPosition | undefined;
  /** Looks for what is new. @returns whether all that is committed was seen */
  lookNow(): boolean;
  /** Calls back when it may be read, unless it is closed. */
  whenReadable(read: () => void): void;
  status(): LogStatus;
  /** What to tell who asks once, while it can't be read. */
  refusal(): string;
  /** What the worker has to know of it; undefined while it is not open. */
  openLog(): Omit<OpenLog, "name" | "latestId" | "startId"> | undefined;
}

/** @throws LogUnavailableError with what is wrong and what to do */
export function openLogOf(log: FollowedLog): OpenLog {
  const position = log.position();
  const open = log.openLog();
  const { state } = log.status();
  if (position !== undefined && open !== undefined && state !== "locked") {
    const { log: name, latestId, startId } = position;
    return { ...open, name, latestId, startId };
  }
  throw new LogUnavailableError(log.refusal());
}

/**
 * The log with all that is committed now: at once, unless a writer is in the way.
 * @throws LogUnavailableError like `openLogOf`, and where a writer is in the way for long
 */
export function currentLogOf(log: FollowedLog): Later<OpenLog> {
  const isCurrent = log.lookNow();
  const open = openLogOf(log);
  return isCurrent ? open : awaitCurrent(log);
}

async function awaitCurrent(log: FollowedLog): Promise<OpenLog> {
  const deadlineMs = performance.now() + LOOK_DEADLINE_MS;
  while (performance.now() < deadlineMs) {
    await whenReadable(log);
    const isCurrent = log.lookNow();
    const open = openLogOf(log);
    if (isCurrent) return open;
  }
  throw new LogUnavailableError(refusalOf(LOCKED));
}

async function whenReadable(log: FollowedLog): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, LOOK_PAUSE_MS);
  log.whenReadable(resolve);
  await promise;
  clearTimeout(timer);
}

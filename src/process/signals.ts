/** The signals that end Tailboard. */
import { readFileSync } from "node:fs";
import { constants } from "node:os";

/** SIGHUP comes when the terminal is closed. */
const ENDING_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/**
 * The signals to handle: those that were not ignored when the process started. `nohup` starts a program with SIGHUP
 * ignored, and a shell without job control starts one in the background with SIGINT ignored; a handler would undo that.
 *
 * Only Linux says which signals are ignored. Elsewhere SIGHUP is left alone where standard output is no terminal,
 * because `nohup` never leaves one there; without `nohup` the process then ends at once, as by default.
 * @param isTerminal whether standard output is a terminal
 */
export function signalsToHandle(isTerminal: boolean): readonly NodeJS.Signals[] {
  const ignored = ignoredSignals();
  return ENDING_SIGNALS.filter((signal) =>
    ignored === undefined
      ? signal !== "SIGHUP" || isTerminal
      : (ignored & (1n << BigInt(constants.signals[signal] - 1))) === 0n,
  );
}

/** The mask of the ignored signals, or undefined where the system does not tell. */
function ignoredSignals(): bigint | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
    return mask === undefined ? undefined : BigInt(`0x${mask}`);
  } catch {
    // Without /proc it is as on the other systems.
    return undefined;
  }
}

/** `tailboard wait`: ends when events came, or when none did. */
import { StartFailure } from "../process/failure.ts";
import type { WaitOptions } from "../reader-options.ts";
import { EventFeed } from "./event-feed.ts";
import type { Silence } from "./silence.ts";
import { OutputClosedError } from "./standard-output.ts";
import type { Terminal } from "./terminal.ts";

/** What was waited for did not happen in time. */
export const EXIT_NOT_IN_TIME = 3;

/** A stream brings an event within milliseconds, unless its server has a problem. In ms. */
const PRINT_DEADLINE_MS = 2000;

/** How it ended; of silence also that it can't be told. */
type Outcome =
  { readonly kind: "came" } | { readonly kind: "timed-out" } | Extract<Silence, { kind: "unknown" }>;

/**
 * @returns the exit status: 0 or 3
 * @throws StartFailure where it can't be told whether events came
 */
export async function wait(options: WaitOptions, terminal: Terminal | undefined): Promise<number> {
  const outcome = await outcomeOf(options, terminal);
  switch (outcome.kind) {
    case "came":
      return options.silence ? EXIT_NOT_IN_TIME : 0;
    case "timed-out":
      return options.silence ? 0 : EXIT_NOT_IN_TIME;
    case "unknown":
      throw new StartFailure(
        `can't tell whether there was silence, because the events could not be read when the time was over: ${outcome.reason}`,
      );
  }
}

async function outcomeOf(options: WaitOptions, terminal: Terminal | undefined): Promise<Outcome> {
  const { count, timeoutMs, silence } = options;
  // Lines that are no events would be taken for what was waited for.
  await using feed = await EventFeed.open({
    options: { ...options, lines: undefined },
    terminal,
    tellsInJson: false,
  });
  let left = count;
  const printed = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<Outcome>();
  // Where they came meanwhile, nobody asks for it.
  ended.promise.catch(() => undefined);
  const onTimeout = async (): Promise<void> => {
    try {
      ended.resolve(silence ? await heard(feed, () => left, printed.promise) : { kind: "timed-out" });
    } catch (error) {
      ended.reject(error);
    }
    feed.end();
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => void onTimeout(), timeoutMs);
  try {
    await feed.print(() => {
      left--;
      return left > 0;
    });
  } catch (error) {
    // Nobody reads what came; that it came is told by the status.
    if (!(error instanceof OutputClosedError)) throw error;
    left = 0;
  } finally {
    clearTimeout(timer);
    printed.resolve();
  }
  // Where the last of them and the time came together, they came.
  return left <= 0 ? { kind: "came" } : await ended.promise;
}

/** What became of the silence. Events that were found have some time to be printed. */
async function heard(feed: EventFeed, left: () => number, printed: Promise<void>): Promise<Outcome> {
  const silence = await feed.askForSilence(left);
  switch (silence.kind) {
    case "silent":
      return { kind: "timed-out" };
    case "broken":
      await Promise.race([printed, Bun.sleep(PRINT_DEADLINE_MS)]);
      return { kind: "came" };
    case "unknown":
      return silence;
  }
}

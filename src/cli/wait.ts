/** `tailboard wait`: ends when events came, or when none did. */
import { StartFailure } from "../process/failure.ts";
import type { WaitOptions } from "../reader-options.ts";
import { EventFeed } from "./event-feed.ts";
import { OutputClosedError } from "./standard-output.ts";
import type { Terminal } from "./terminal.ts";

/** What was waited for did not happen in time. */
export const EXIT_NOT_IN_TIME = 3;

/** How it ended. `blind`: the time was over, and events may have come that could not be read. */
type Outcome = "came" | "timed-out" | "blind";

/**
 * @returns the exit status: 0 or 3
 * @throws StartFailure where it can't be told whether events came
 */
export async function wait(options: WaitOptions, terminal: Terminal | undefined): Promise<number> {
  const outcome = await outcomeOf(options, terminal);
  switch (outcome) {
    case "came":
      return options.silence ? EXIT_NOT_IN_TIME : 0;
    case "timed-out":
      return options.silence ? 0 : EXIT_NOT_IN_TIME;
    case "blind":
      if (!options.silence) return EXIT_NOT_IN_TIME;
      throw new StartFailure(
        "can't tell whether there was silence: the events could not be read when the time was over",
        "the lines before this one say why",
      );
  }
}

async function outcomeOf(options: WaitOptions, terminal: Terminal | undefined): Promise<Outcome> {
  const { count, timeoutMs } = options;
  // Lines that are no events would be taken for what was waited for.
  await using feed = await EventFeed.open({
    options: { ...options, lines: undefined },
    terminal,
    tellsInJson: false,
  });
  const ended = Promise.withResolvers<Outcome>();
  const onTimeout = (): void => {
    ended.resolve(feed.isFollowing ? "timed-out" : "blind");
    feed.end();
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
  let left = count;
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
  }
  // Where the last of them and the time came together, they came.
  return left <= 0 ? "came" : await ended.promise;
}

/** `tailboard tail`: prints events as they come. */
import type { TailOptions } from "../reader-options.ts";
import { EventFeed } from "./event-feed.ts";
import { OutputWatch } from "./output-watch.ts";
import type { Terminal } from "./terminal.ts";

/** Ends only when its reader does, or by an error. */
export async function tail(options: TailOptions, terminal: Terminal | undefined): Promise<void> {
  await using feed = await EventFeed.open({ options, terminal, tellsInJson: true });
  using watch = new OutputWatch(() => feed.end());
  await feed.print(() => !watch.isClosed);
}

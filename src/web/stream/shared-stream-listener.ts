/** What a page hears of the stream that its tabs share, and what it is asked. */
import type { Position } from "../feed/backlog.ts";
import type { StreamListener } from "./stream.ts";

export interface SharedStreamListener extends StreamListener {
  /** Where the page stands now. */
  position(): Position;
  /** The stream goes to another tab, and its next `hello` comes from there. */
  onInterrupted(): void;
  /** There is no room for a stream. The next `hello` may come at any time. */
  onCrowded(): void;
  /** The page's cursor does not belong to the log that the other tabs follow. */
  onOtherLog(): void;
  /** Reads on from the cursor without a stream. @returns false when that was not possible */
  catchUp(): Promise<boolean>;
}

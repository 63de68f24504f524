/** What a break of the stream cost, for the receipt that the reader gets when it is over. */

export interface Outage {
  /** Caught up when the cursor reaches this id. Undefined until the server said where it stands. */
  targetId: bigint | undefined;
  readonly receipt: string;
  /** One more event came since the stream broke. */
  count(): void;
  /** Too much came to be read event by event. */
  skip(): void;
}

export function createOutage(): Outage {
  let caughtUp = 0;
  let isSkipped = false;
  return {
    targetId: undefined,
    get receipt() {
      // Ids have honest gaps, so the distance between two of them counts nothing.
      if (isSkipped) return "Reconnected, far behind: showing the newest 50";
      if (caughtUp === 0) return "Reconnected";
      return `Reconnected, ${caughtUp.toLocaleString()} ${caughtUp === 1 ? "event" : "events"} caught up`;
    },
    count() {
      caughtUp++;
    },
    skip() {
      isSkipped = true;
    },
  };
}

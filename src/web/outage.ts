/** What a break of the stream cost, for the receipt that the reader gets when it is over. */

export interface Outage {
  /** Caught up when the cursor reaches this id. Undefined until the server said where it stands. */
  targetId: bigint | undefined;
  readonly receipt: string;
  /** So many more events came since the stream broke. */
  count(events: number): void;
  /** More came than was read. */
  skip(): void;
}

export function createOutage(): Outage {
  let caughtUp = 0;
  let isSkipped = false;
  return {
    targetId: undefined,
    get receipt() {
      if (isSkipped) return "Reconnected, far behind: showing the newest 50";
      if (caughtUp === 0) return "Reconnected";
      return `Reconnected, ${caughtUp.toLocaleString()} ${caughtUp === 1 ? "event" : "events"} caught up`;
    },
    count(events) {
      caughtUp += events;
    },
    skip() {
      isSkipped = true;
    },
  };
}

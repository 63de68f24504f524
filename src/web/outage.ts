/** What a break of the stream cost, for the receipt that the reader gets when it is over. */

export class Outage {
  /** Caught up when the cursor reaches this id. Undefined until the server said where it stands. */
  targetId: bigint | undefined;
  #caughtUp = 0;
  #isComplete = true;

  /** @param events how many more came since the stream broke; undefined when more came than were read */
  count(events: number | undefined): void {
    if (events === undefined) this.#isComplete = false;
    else this.#caughtUp += events;
  }

  isOver(cursor: bigint): boolean {
    return this.targetId !== undefined && cursor >= this.targetId;
  }

  get receipt(): string {
    if (!this.#isComplete) return "Reconnected, far behind: showing the newest 50";
    if (this.#caughtUp === 0) return "Reconnected";
    const events = this.#caughtUp === 1 ? "event" : "events";
    return `Reconnected, ${this.#caughtUp.toLocaleString()} ${events} caught up`;
  }
}

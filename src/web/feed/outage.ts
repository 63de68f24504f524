/** What the time without a stream cost, for the receipt that the reader gets when it is over. */
import { type ConnectionState, pollsSeldom } from "./connection.ts";

export class Outage {
  #wasConnected = false;
  #isOngoing = false;
  /** The page gave its stream back by itself: nothing was lost, and there is nothing to tell. */
  #isChosen = false;
  /** Caught up when the cursor reaches this id. Undefined until the server said where it stands. */
  #targetId: bigint | undefined;
  #caughtUp = 0;
  #isComplete = true;

  get isOngoing(): boolean {
    return this.#isOngoing;
  }

  /** The connection has come to this state. */
  follow(connection: ConnectionState): void {
    if (connection.name === "polling") this.#begin();
    // The server is there, and polling has caught up.
    if (connection.name === "crowded") this.forget();
    if (pollsSeldom(connection)) this.#rest();
  }

  /** A stream is back, and its log ends at this id. */
  reconnected(latestId: bigint): void {
    this.#wasConnected = true;
    this.#targetId = latestId;
  }

  /** The log ends somewhere else than was said. */
  retarget(latestId: bigint): void {
    if (this.#targetId !== undefined) this.#targetId = latestId;
  }

  /** @param events how many more came since the stream was lost; undefined when more came than were read */
  count(events: number | undefined): void {
    if (events === undefined) this.#isComplete = false;
    else this.#caughtUp += events;
  }

  /** Nothing can be said of what came in between. */
  forget(): void {
    this.#isOngoing = false;
  }

  /** @returns the receipt, once, when everything up to the end of the log has come */
  endAt(cursor: bigint): string | undefined {
    if (!this.#isOngoing || this.#targetId === undefined || cursor < this.#targetId) return undefined;
    this.#isOngoing = false;
    if (this.#isChosen) return undefined;
    if (!this.#isComplete) return "Reconnected, far behind: showing the newest 50";
    if (this.#caughtUp === 0) return "Reconnected";
    const events = this.#caughtUp === 1 ? "event" : "events";
    return `Reconnected, ${this.#caughtUp.toLocaleString()} ${events} caught up`;
  }

  /** The stream is gone. A page that never had one has not lost anything. */
  #begin(): void {
    if (!this.#wasConnected || (this.#isOngoing && !this.#isChosen)) return;
    this.#isOngoing = true;
    this.#isChosen = false;
    this.#targetId = undefined;
    this.#caughtUp = 0;
    this.#isComplete = true;
  }

  /** The page does without a stream for a while, although the server has one. */
  #rest(): void {
    if (this.#isOngoing) return;
    this.#begin();
    this.#isChosen = true;
  }
}

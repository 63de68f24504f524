/** Whether the server answers, and what is wrong where it does not: what the page knows of it from its requests. */
import { messageOf } from "../../message-of.ts";
import { Refused, Unreachable } from "../api.ts";
import type { State } from "../state.ts";

/** The server wants a token: https://www.rfc-editor.org/rfc/rfc9110#status.401 */
const UNAUTHORIZED = 401;

type Signals = Pick<State, "isReachable" | "isSignedOut" | "failure">;

export class Answers {
  readonly #state: Signals;

  constructor(state: Signals) {
    this.#state = state;
  }

  /** The server has told how it is doing. */
  noteStatus(): void {
    this.#state.isReachable.value = true;
    this.#state.isSignedOut.value = false;
  }

  /** The page has what it asked for, or a stream. */
  noteRows(): void {
    this.#state.failure.value = undefined;
  }

  /**
   * A request has failed.
   * @param isLive a stream brings the rows
   * @returns whether there is no connection to the server
   */
  noteFailure(error: unknown, isLive: boolean): boolean {
    const { isReachable, isSignedOut, failure } = this.#state;
    if (error instanceof Unreachable) {
      // A stream that was heard a moment ago knows better than a request that got no answer in time: the browser
      // may have had no connection left for it. Where there is no network, a stream may look open for minutes.
      if (isLive && error.isTimeout) return false;
      isReachable.value = false;
      return true;
    }
    isReachable.value = true;
    if (error instanceof Refused && error.status === UNAUTHORIZED) {
      // The page keeps trying: somebody may sign in in another tab.
      isSignedOut.value = true;
      return false;
    }
    failure.value = { text: messageOf(error), advice: undefined };
    // An answer that the page can't make sense of is a mistake of ours: the console has where.
    if (!(error instanceof Refused)) reportError(error);
    return false;
  }
}

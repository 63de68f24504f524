/** How many streams may be open, in all and for one address. */
import { HttpProblem } from "./problem.ts";

export interface StreamLimits {
  readonly maxConnections: number;
  /** A reverse proxy is one address for all who come through it. */
  readonly maxConnectionsPerAddress: number;
  /** What the operator can do about `maxConnections`: it may be an option or the machine that sets it. */
  readonly raiseBy: string;
}

/** When a client that was refused should ask again: places become free at any time. */
const RETRY_AFTER = { "Retry-After": "5" };

export class Admission {
  readonly #limits: StreamLimits;
  readonly #openByAddress = new Map<string, number>();
  #open = 0;

  constructor(limits: StreamLimits) {
    this.#limits = limits;
  }

  /**
   * Takes a place for one stream.
   * @returns what gives it back; calling it twice does nothing
   * @throws HttpProblem 503 where there is no place, 429 where this address has all of its own
   */
  admit(address: string): () => void {
    const { maxConnections, maxConnectionsPerAddress, raiseBy } = this.#limits;
    if (this.#open >= maxConnections) {
      throw new HttpProblem({
        status: 503,
        title: "Too many streams",
        detail: `There are ${maxConnections} event streams open, which is the limit: try again later, or ${raiseBy}.`,
        headers: RETRY_AFTER,
      });
    }
    const openHere = this.#openByAddress.get(address) ?? 0;
    if (openHere >= maxConnectionsPerAddress) {
      throw new HttpProblem({
        status: 429,
        title: "Too many streams from one address",
        detail: `${address} has ${maxConnectionsPerAddress} event streams open, which is the limit for one address: close some, or raise it with --max-connections-per-address.`,
        headers: RETRY_AFTER,
      });
    }
    this.#open++;
    this.#openByAddress.set(address, openHere + 1);
    let isTaken = true;
    return () => {
      if (isTaken) this.#leave(address);
      isTaken = false;
    };
  }

  #leave(address: string): void {
    this.#open--;
    const left = (this.#openByAddress.get(address) ?? 0) - 1;
    if (left > 0) this.#openByAddress.set(address, left);
    else this.#openByAddress.delete(address);
  }
}

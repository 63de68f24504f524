/** The secret that lets people and programs in, and what a browser is given in its place. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const NAME_LENGTH = 8;

export class AccessToken {
  /**
   * A cookie belongs to a host, whatever the port: two Tailboards with one name would sign each other's people out. So
   * the name goes by the token.
   */
  readonly cookieName: string;
  /** Made of the token, so that a restart signs nobody out and another token signs everybody out. The token can't be read from it. */
  readonly cookieValue: string;
  /** Of this process alone: what is compared can't be known outside. */
  readonly #key = randomBytes(32);
  readonly #token: Buffer;
  readonly #cookie: Buffer;

  constructor(token: string) {
    this.cookieName = `tailboard-${derive(token, "the name of the cookie", "hex").slice(0, NAME_LENGTH)}`;
    this.cookieValue = derive(token, "the value of the cookie", "base64url");
    this.#token = this.#digest(token);
    this.#cookie = this.#digest(this.cookieValue);
  }

  isToken(given: string): boolean {
    return timingSafeEqual(this.#digest(given), this.#token);
  }

  isCookie(given: string): boolean {
    return timingSafeEqual(this.#digest(given), this.#cookie);
  }

  /** All digests are of one length, so that the time of a comparison says nothing of what is compared. */
  #digest(text: string): Buffer {
    return createHmac("sha256", this.#key).update(text).digest();
  }
}

function derive(token: string, purpose: string, form: "hex" | "base64url"): string {
  return createHmac("sha256", token).update(`tailboard 1: ${purpose}`).digest(form);
}

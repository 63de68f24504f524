/** Access control as one: what every request passes before a route sees it, and what every answer gets. */
import { HttpProblem } from "../problem.ts";
import { HostCheck } from "./host-check.ts";
import { Origins } from "./origins.ts";
import { Proxies, type Visitor } from "./proxies.ts";
import { RequestRate } from "./request-rate.ts";
import { addSecurityHeaders } from "./security-headers.ts";
import { SignIn } from "./sign-in.ts";

/**
 * The longest address, in characters: a question of 4096 letters fits where up to two thirds of them need
 * percent-encoding. Bun refuses by itself when address and headers have more than 16 KiB together.
 */
export const MAX_URL_LENGTH = 12_288;

export interface AccessRules {
  /** The address that is listened on. */
  readonly host: string;
  /** Undefined where everybody may come in. */
  readonly token: string | undefined;
  readonly allowedHosts: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  /** In which they name the user. */
  readonly userHeader: string | undefined;
  readonly isTls: boolean;
  /** Where the page is, with a slash at its beginning and its end. */
  readonly basePath: string;
}

export interface AccessListener {
  onSignIn(visitor: Visitor): void;
  onWrongToken(visitor: Visitor): void;
  /** A request was refused before a route saw it, for another reason than its token. */
  onRefused(reason: string, visitor: Visitor): void;
}

export class Access {
  readonly #hosts: HostCheck;
  readonly #origins: Origins;
  readonly #proxies: Proxies;
  readonly #signIn: SignIn;
  readonly #rate = new RequestRate();
  readonly #listener: AccessListener;

  constructor(options: AccessRules, listener: AccessListener) {
    this.#hosts = new HostCheck(options);
    this.#origins = new Origins(options.corsOrigins);
    this.#proxies = new Proxies(options.trustedProxies, options.userHeader);
    this.#signIn = new SignIn({
      token: options.token,
      basePath: options.basePath,
      isTls: options.isTls,
      onSignIn: (visitor) => listener.onSignIn(visitor),
      onWrongToken: (visitor) => listener.onWrongToken(visitor),
    });
    this.#listener = listener;
  }

  /** @param peer the address that the connection comes from */
  visitor(request: Request, peer: string): Visitor {
    return this.#proxies.visitor(peer, request.headers);
  }

  /** Whether who asks has to show a token. */
  get needsToken(): boolean {
    return this.#signIn.needsToken;
  }

  /** The address of the page, so that it signs one browser in, once. */
  ticketUrl(url: string): string {
    return this.#signIn.ticketUrl(url);
  }

  /** Whether the request may see what is not for everybody. */
  isSignedIn(request: Request): boolean {
    return this.#signIn.isSignedIn(request);
  }

  /**
   * The checks that need no path, the cheapest first.
   * @throws HttpProblem 400, 403, 414 or 429
   */
  checkRequest(request: Request, visitor: Visitor): void {
    try {
      this.#rate.count(visitor.address);
      this.#hosts.check(request);
      this.#origins.check(request);
      checkLength(request);
    } catch (error) {
      if (error instanceof HttpProblem) this.#listener.onRefused(error.fields.title, visitor);
      throw error;
    }
  }

  /**
   * @param path of the request, below the base path; undefined where it is not below it
   * @returns the answer where the request goes no further
   * @throws HttpProblem 401 or 429
   */
  async checkSignIn(
    request: Request,
    url: URL,
    path: string | undefined,
    visitor: Visitor,
  ): Promise<Response | undefined> {
    return this.#origins.preflight(request) ?? (await this.#signIn.check(request, url, path, visitor));
  }

  /** Puts the headers on an answer that every answer has. */
  seal(request: Request, response: Response): Response {
    addSecurityHeaders(response.headers);
    this.#origins.allow(request, response.headers);
    return response;
  }
}

function checkLength({ url }: Request): void {
  if (url.length <= MAX_URL_LENGTH) return;
  throw new HttpProblem({
    status: 414,
    title: "Address too long",
    detail: `The address has ${url.length} characters, and may have ${MAX_URL_LENGTH}: make the question shorter.`,
  });
}

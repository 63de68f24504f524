/** Who may come in: with the token, with the cookie that a browser got for it, or where there is no token. */
import { HttpProblem } from "../problem.ts";
import { AccessToken } from "./access-token.ts";
import { cookieValues, signInCookie } from "./cookie.ts";
import { FailedTries } from "./failed-tries.ts";
import type { Visitor } from "./proxies.ts";
import { RETRY_AFTER, SIGN_IN_STYLE_PATH, signInResponse, signInStyleResponse } from "./sign-in-page.ts";
import { Ticket } from "./ticket.ts";

/** The parameter of the address that signs a browser in. */
export const TOKEN_PARAMETER = "token";

/** They say that the process is there, and whether it follows: what a load balancer asks, which has no token. */
const FOR_EVERYBODY = ["/healthz", "/readyz"];

/** What a request shows of itself. */
type Credential = "right" | "wrong" | "none";

export interface SignInOptions {
  /** Undefined where everybody may come in. */
  readonly token: string | undefined;
  /** Where the page is, with a slash at its beginning and its end. */
  readonly basePath: string;
  readonly isTls: boolean;
  onSignIn(visitor: Visitor): void;
  onWrongToken(visitor: Visitor): void;
}

export class SignIn {
  readonly #options: SignInOptions;
  readonly #token: AccessToken | undefined;
  readonly #ticket = new Ticket();
  readonly #failed = new FailedTries();

  constructor(options: SignInOptions) {
    this.#options = options;
    this.#token = options.token === undefined ? undefined : new AccessToken(options.token);
  }

  get needsToken(): boolean {
    return this.#token !== undefined;
  }

  /** The address of the page, so that it signs one browser in, once. */
  ticketUrl(url: string): string {
    return this.#token === undefined ? url : `${url}?${TOKEN_PARAMETER}=${this.#ticket.issue()}`;
  }

  /** Whether the request may see what is not for everybody. */
  isSignedIn(request: Request): boolean {
    return this.#token === undefined || credentialOf(request, this.#token) === "right";
  }

  /**
   * @param url of the request
   * @param path of the request, below the base path; undefined where it is not below it
   * @returns the answer where the request goes no further: a redirect, or the page that asks for the token
   * @throws HttpProblem 401 where there is no token or a wrong one, 429 where there are too many wrong ones
   */
  async check(
    request: Request,
    url: URL,
    path: string | undefined,
    visitor: Visitor,
  ): Promise<Response | undefined> {
    const given = path === "/" ? url.searchParams.get(TOKEN_PARAMETER) : null;
    const credential = this.#token === undefined ? "right" : credentialOf(request, this.#token);
    if (
      given !== null &&
      this.#token !== undefined &&
      (this.#token.isToken(given) || this.#ticket.take(given))
    )
      return this.#signIn(url, this.#token, visitor);
    // Who is in already needs no token, and it must not stay in the address.
    if (credential === "right") return given === null ? undefined : redirect(url, undefined);
    if (path === SIGN_IN_STYLE_PATH) return signInStyleResponse();
    if (path !== undefined && FOR_EVERYBODY.includes(path)) return undefined;
    // A form without a token, or the address that a wrong one leads to.
    const isTold = given === "";
    const isWrong = (given !== null && !isTold) || credential === "wrong";
    const isTooMany = isWrong && (await this.#countWrong(visitor)) === "too-many";
    if (path !== undefined && isPageRequest(request)) {
      // Nearly the right one may be wrong, too: it must not stay in the address, nor in the history of the browser.
      if (given !== null && !isTold && !isTooMany)
        return redirectTo([...otherParameters(url), [TOKEN_PARAMETER, ""]]);
      const trouble = given === null ? undefined : "wrong-token";
      return signInResponse({
        root: rootOf(path),
        parameters: otherParameters(url),
        trouble: isTooMany ? "too-many-tries" : trouble,
        isFromElsewhere: given === null && isFromElsewhere(request),
      });
    }
    throw isTooMany ? tooManyTries(visitor) : unauthorized(isWrong);
  }

  #signIn(url: URL, token: AccessToken, visitor: Visitor): Response {
    const { basePath, isTls } = this.#options;
    this.#options.onSignIn(visitor);
    return redirect(url, signInCookie(token, { basePath, isSecure: isTls || visitor.isSecure }));
  }

  /** Holds the answer back. */
  #countWrong(visitor: Visitor): Promise<"waited" | "too-many"> {
    this.#options.onWrongToken(visitor);
    return this.#failed.count(visitor.address);
  }
}

/** A wrong token beside a right cookie is one for somebody else: a proxy may want one of its own. */
function credentialOf(request: Request, token: AccessToken): Credential {
  const bearer = /^bearer +(\S+) *$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const cookies = cookieValues(request.headers.get("cookie"), token.cookieName);
  if (bearer !== undefined && token.isToken(bearer)) return "right";
  if (cookies.some((cookie) => token.isCookie(cookie))) return "right";
  return bearer === undefined && cookies.length === 0 ? "none" : "wrong";
}

/** To the page without the token. The address is relative: a proxy may serve it under a path that it takes away. */
function redirect(url: URL, cookie: string | undefined): Response {
  return redirectTo(otherParameters(url), cookie);
}

function redirectTo(parameters: [string, string][], cookie?: string): Response {
  const search = new URLSearchParams(parameters).toString();
  return new Response(null, {
    status: 303,
    headers: {
      Location: search === "" ? "./" : `./?${search}`,
      "Cache-Control": "no-store",
      ...(cookie === undefined ? {} : { "Set-Cookie": cookie }),
    },
  });
}

function otherParameters(url: URL): [string, string][] {
  return [...url.searchParams].filter(([name]) => name !== TOKEN_PARAMETER);
}

/** Whether it is a person who looks at the answer, in a browser. */
function isPageRequest({ headers }: Request): boolean {
  const isForPage = ["document", null].includes(headers.get("sec-fetch-dest"));
  return isForPage && (headers.get("accept") ?? "").includes("text/html");
}

/**
 * Whether another site has led to the page. Browsers say so by Sec-Fetch-Site, but not to plain HTTP of another
 * machine. There a Referer says the same, because the pages of Tailboard send none.
 */
function isFromElsewhere({ headers }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  return site === null ? headers.has("referer") : site === "cross-site" || site === "same-site";
}

/** From the folder of a path up to the dashboard. */
function rootOf(path: string): string {
  const depth = path.split("/").length - 2;
  return depth <= 0 ? "./" : "../".repeat(depth);
}

function tooManyTries({ address }: Visitor): HttpProblem {
  return new HttpProblem({
    status: 429,
    title: "Too many wrong tokens",
    detail: `Too many wrong tokens came from ${address}: wait a moment. The right one is accepted at any time.`,
    headers: RETRY_AFTER,
  });
}

function unauthorized(isWrong: boolean): HttpProblem {
  return new HttpProblem({
    status: 401,
    title: isWrong ? "Wrong token" : "Token missing",
    detail: isWrong
      ? "The token is not the one that Tailboard was started with: send that one, as in Authorization: Bearer TOKEN."
      : "A token is needed here: send it as in Authorization: Bearer TOKEN, or open the dashboard in the browser and sign in.",
    headers: { "WWW-Authenticate": `Bearer realm="Tailboard"${isWrong ? ', error="invalid_token"' : ""}` },
  });
}

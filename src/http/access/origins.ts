/**
 * What pages of other sites may do here: nothing, unless their origin is named with --cors-origin.
 * https://fetch.spec.whatwg.org/#http-cors-protocol and https://www.w3.org/TR/fetch-metadata/
 */
import { HttpProblem } from "../problem.ts";

/** How long a browser may keep the answer to a preflight, in seconds. */
const PREFLIGHT_AGE_SECONDS = 600;

/** What a page may send: the token, a cursor, and the tag of an answer that it has. */
const ALLOWED_HEADERS = "Authorization, Last-Event-ID, If-None-Match, Cache-Control";
/** What a page may read, besides what every page may. */
const EXPOSED_HEADERS = "ETag, Retry-After, WWW-Authenticate, Content-Disposition";

export class Origins {
  readonly #allowed: ReadonlySet<string>;

  /** @param allowed as in `https://wall.example`, which the options have checked */
  constructor(allowed: readonly string[]) {
    this.#allowed = new Set(allowed);
  }

  /** The answer to the question whether a page may send a header, or undefined where nobody asks or is answered. */
  preflight(request: Request): Response | undefined {
    const isPreflight = request.method === "OPTIONS" && request.headers.has("access-control-request-method");
    if (!isPreflight || this.#allowedOrigin(request) === undefined) return undefined;
    return new Response(null, {
      status: 204,
      headers: {
        "Access-Control-Allow-Methods": "GET, HEAD",
        "Access-Control-Allow-Headers": ALLOWED_HEADERS,
        "Access-Control-Max-Age": String(PREFLIGHT_AGE_SECONDS),
      },
    });
  }

  /**
   * Refuses what a page of another site has caused, also one on another port of the same host, whose requests carry the
   * cookie. A link that somebody has followed is let through: what it opens, the other page can't read.
   * @throws HttpProblem 403
   */
  check(request: Request): void {
    const { headers } = request;
    const isFromElsewhere = ["cross-site", "same-site"].includes(headers.get("sec-fetch-site") ?? "");
    const origin = headers.get("origin");
    // Browsers of before 2023, and all over plain HTTP from another machine, send no Sec-Fetch-Site, and an Origin only
    // to other origins where they GET.
    const isForeign = headers.has("sec-fetch-site") ? isFromElsewhere : !isOwn(origin, headers.get("host"));
    if (!isForeign || this.#allowedOrigin(request) !== undefined) return;
    const isLink =
      headers.get("sec-fetch-mode") === "navigate" && headers.get("sec-fetch-dest") === "document";
    if (isLink) return;
    const who = origin === null ? "another site" : JSON.stringify(origin);
    const hint =
      origin !== null && URL.canParse(origin)
        ? `start Tailboard with --cors-origin ${new URL(origin).origin}`
        : "start Tailboard with --cors-origin and its origin";
    throw new HttpProblem({
      status: 403,
      title: "Request of another site",
      detail: `A page of ${who} has asked for this, and pages of other sites may not read events: ${hint} where it should.`,
    });
  }

  /** Adds what lets a page read the answer. */
  allow(request: Request, headers: Headers): void {
    if (this.#allowed.size === 0) return;
    const vary = headers.get("vary");
    headers.set("Vary", vary === null ? "Origin" : `${vary}, Origin`);
    const origin = this.#allowedOrigin(request);
    if (origin === undefined) return;
    headers.set("Access-Control-Allow-Origin", origin);
    headers.set("Access-Control-Expose-Headers", EXPOSED_HEADERS);
    // Beside "same-origin" old browsers would not hand the answer over.
    headers.set("Cross-Origin-Resource-Policy", "cross-origin");
  }

  #allowedOrigin(request: Request): string | undefined {
    const origin = request.headers.get("origin");
    return origin !== null && this.#allowed.has(origin) ? origin : undefined;
  }
}

/** Whether an Origin is the one of this server itself, as the browser wrote both. */
function isOwn(origin: string | null, host: string | null): boolean {
  if (origin === null) return true;
  return URL.parse(origin)?.host === host?.toLowerCase();
}

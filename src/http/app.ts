/** Which route answers a request, and the order in which a request is checked. */
import { LogBusyError, LogUnavailableError } from "../archive.ts";
import { under } from "../base-path.ts";
import { QuestionError } from "../query/question-error.ts";
import type { Visitor } from "./access/proxies.ts";
import { assetResponse } from "./assets.ts";
import { eventRoute, listRoute } from "./events.ts";
import type { App, Client, Route } from "./exchange.ts";
import { exportRoute } from "./export.ts";
import { IDLE_SECONDS } from "./listener.ts";
import { openApiRoute } from "./openapi-route.ts";
import { panelPageRoute, panelRowRoute, panelsRoute } from "./panels.ts";
import { API_HEADERS, HttpProblem, problemResponse } from "./problem.ts";
import { problemOf } from "./question.ts";
import { sqlRoute } from "./sql.ts";
import { statsRoute } from "./stats.ts";
import { healthRoute, metricsRoute, readyRoute, statusRoute } from "./status.ts";
import { streamRoute } from "./stream.ts";

/** What of `Bun.serve` is needed. */
interface RequestServer {
  timeout(request: Request, seconds: number): void;
  requestIP(request: Request): { readonly address: string } | null;
}

/** By path. */
export const ROUTES: Readonly<Record<string, Route>> = {
  "/api/events/stream": streamRoute,
  "/api/events": listRoute,
  "/api/events/export": exportRoute,
  "/api/events/sql": sqlRoute,
  "/api/events/:id": eventRoute,
  "/api/stats": statsRoute,
  "/api/tables": panelsRoute,
  "/api/tables/:name": panelPageRoute,
  "/api/tables/:name/:key": panelRowRoute,
  "/api/status": statusRoute,
  "/api/openapi.json": openApiRoute,
  "/healthz": healthRoute,
  "/readyz": readyRoute,
  "/metrics": metricsRoute,
};

/** Also at the root, whatever the base path is: whoever asks for them does not come through the proxy. */
const PROBES: readonly string[] = ["/healthz", "/readyz", "/metrics"];

/** Not for ever (308): a browser would keep it when the base path is another one. */
const TEMPORARY_REDIRECT = 307;

/** Never sent. As nginx has it in its logs. */
const CLIENT_HAS_LEFT = 499;

const METHODS = ["GET", "HEAD"];

/** A request that takes longer gets a line in the log, in milliseconds. A list has a budget of 250 ms, a search of 5 s at most. */
const SLOW_MS = 1000;

/**
 * How long an answer may take, in seconds, before Bun closes the connection as idle. SQLite makes a view in one piece, which
 * may take longer than a connection may do nothing otherwise.
 */
const ANSWER_SECONDS = 120;

/** The handler of every request. */
export function createHandler(app: App) {
  const respond = async (request: Request, server: RequestServer): Promise<Response> => {
    try {
      // A HEAD is answered like the GET: Bun leaves the body out. The stream's route never subscribes for one.
      const visitor = app.access.visitor(request, server.requestIP(request)?.address ?? "");
      const setIdleTimeout = (seconds: number): void => server.timeout(request, seconds);
      return await answer(app, request, visitor, setIdleTimeout);
    } catch (caught) {
      // Nobody is there to hear of it, and nothing is wrong.
      if (request.signal.aborted) return new Response(null, { status: CLIENT_HAS_LEFT });
      const error = caught instanceof QuestionError ? problemOf(caught, valuesIn(request)) : caught;
      if (error instanceof HttpProblem) return problemResponse(error.fields);
      if (error instanceof LogBusyError) {
        const detail = `${error.message} Ask again in a moment.`;
        const headers = { "Retry-After": "1" };
        return problemResponse({ status: 503, title: "Too many long reads", detail, headers });
      }
      if (error instanceof LogUnavailableError) {
        const headers = { "Retry-After": "2" };
        return problemResponse({ status: 503, title: "Log unavailable", detail: error.message, headers });
      }
      app.onError("answering a request", error);
      const detail = "The server could not answer; the line that it logged says why.";
      return problemResponse({ status: 500, title: "Internal error", detail });
    }
  };
  return async (request: Request, server: RequestServer): Promise<Response> =>
    app.access.seal(request, await respond(request, server));
}

/** The parameters that the place of an error in a question refers to. */
function valuesIn(request: Request): (name: string) => string | undefined {
  const values = URL.parse(request.url)?.searchParams;
  return (name) => values?.get(name) ?? undefined;
}

async function answer(
  app: App,
  request: Request,
  visitor: Visitor,
  setIdleTimeout: Client["setIdleTimeout"],
): Promise<Response> {
  app.access.checkRequest(request, visitor);
  const url = URL.parse(request.url);
  if (url === null) {
    const detail = `The Host header ${JSON.stringify(request.headers.get("host"))} is no host: use localhost or 127.0.0.1 with the port.`;
    throw new HttpProblem({ status: 400, title: "Bad Host header", detail });
  }
  const place = under(app.basePath, url.pathname);
  const isReading = METHODS.includes(request.method);
  // Before the sign-in, whose page would be in the wrong place there.
  if (place.kind === "redirect" && isReading) return redirect(place.location + url.search);
  const path = place.kind === "inside" ? place.path : url.pathname;
  const isHere = place.kind !== "outside" || PROBES.includes(path);
  if (!isHere) throw nothingAt(url.pathname, app.basePath);
  const early = await app.access.checkSignIn(request, url, path, visitor);
  if (early !== undefined) return early;
  let hasOwnTimeout = false;
  const client: Client = {
    ...visitor,
    isSignedIn: app.access.isSignedIn(request),
    setIdleTimeout(seconds) {
      hasOwnTimeout = true;
      setIdleTimeout(seconds);
    },
  };
  const asset = app.assets.get(path);
  const { route, id, key } = asset === undefined ? findRoute(path) : NO_ROUTE;
  if (asset === undefined && route === undefined && place.kind !== "redirect") {
    throw nothingAt(url.pathname, app.basePath);
  }
  if (!isReading) {
    throw new HttpProblem({
      status: 405,
      title: "Method not allowed",
      detail: `${request.method} is not possible here: Tailboard only reads. Use GET; events come from INSERTs into the database.`,
      headers: { Allow: METHODS.join(", ") },
    });
  }
  if (asset !== undefined) return assetResponse(asset, request);
  if (route === undefined) return Response.error();
  const startedAtMs = performance.now();
  setIdleTimeout(ANSWER_SECONDS);
  try {
    return await route(app, { request, url, id, key, client });
  } finally {
    // The answer is there: from now on the connection may be idle for as long as any other.
    if (!hasOwnTimeout) setIdleTimeout(IDLE_SECONDS);
    const elapsedMs = performance.now() - startedAtMs;
    if (elapsedMs > SLOW_MS) app.onSlow(path, elapsedMs, client);
  }
}

function nothingAt(path: string, basePath: string): HttpProblem {
  const detail = `There is nothing at ${path}: the dashboard is at ${basePath}, the stream at ${basePath}api/events/stream.`;
  return new HttpProblem({ status: 404, title: "Not found", detail });
}

function redirect(location: string): Response {
  const headers = { ...API_HEADERS, Location: location };
  return new Response(null, { status: TEMPORARY_REDIRECT, headers });
}

interface FoundRoute {
  readonly route: Route | undefined;
  readonly id: string;
  readonly key: string;
}

const NO_ROUTE: FoundRoute = { route: undefined, id: "", key: "" };

/** Routes with a part that varies. */
const PATTERNS = [
  { pattern: /^\/api\/events\/([^/]+)$/, path: "/api/events/:id" },
  { pattern: /^\/api\/tables\/([^/]+)$/, path: "/api/tables/:name" },
  { pattern: /^\/api\/tables\/([^/]+)\/([^/]+)$/, path: "/api/tables/:name/:key" },
] as const;

function findRoute(path: string): FoundRoute {
  const exact = ROUTES[path];
  if (exact !== undefined && !path.includes(":")) return { ...NO_ROUTE, route: exact };
  for (const { pattern, path: route } of PATTERNS) {
    const [, id, key = ""] = pattern.exec(path) ?? [];
    if (id !== undefined) return { route: ROUTES[route], id: decodePart(id), key: decodePart(key) };
  }
  return NO_ROUTE;
}

/** @throws HttpProblem where it is written wrongly */
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    const detail = `The path has ${JSON.stringify(part)}, which is not UTF-8 in percent-encoding: encode names with encodeURIComponent.`;
    throw new HttpProblem({ status: 400, title: "Bad path", detail });
  }
}

/** `GET /api/status`, `/healthz`, `/readyz`, `/metrics` */
import type { Status } from "../events.ts";
import { idForJson } from "../rows/json.ts";
import type { App, Exchange } from "./exchange.ts";
import { Parameters } from "./parameters.ts";
import { API_HEADERS, HttpProblem, jsonResponse } from "./problem.ts";

const MS_PER_SECOND = 1000;

export async function statusRoute(app: App, { url }: Exchange): Promise<Response> {
  Parameters.none(url.searchParams);
  const latestId = (await app.archive.position())?.latestId;
  const status: Status = {
    ...app.archive.status(),
    latestId: latestId === undefined ? null : idForJson(latestId),
    subscribers: app.fanOut.size,
    panels: app.panels !== undefined,
    needsToken: app.access.needsToken,
    uptimeSeconds: Math.floor((performance.now() - app.startedAtMs) / MS_PER_SECOND),
    version: app.version,
  };
  return jsonResponse(JSON.stringify(status));
}

/** The process is alive. */
export function healthRoute(): Response {
  return new Response("ok\n", { headers: { ...API_HEADERS, "Content-Type": "text/plain; charset=utf-8" } });
}

/** The tail is following. */
export function readyRoute({ archive }: App, { client }: Exchange): Response {
  const { state, problem, advice } = archive.status();
  if (state === "tailing") return healthRoute();
  // Everybody may ask whether it is ready; the reason has names of files in it.
  const reason = client.isSignedIn ? `${problem ?? ""} ${advice ?? ""}` : "";
  const detail = `The tail is ${state}. ${reason}`.trim();
  throw new HttpProblem({ status: 503, title: "Not ready", detail, headers: { "Retry-After": "2" } });
}

export async function metricsRoute({ metrics }: App): Promise<Response> {
  const headers = { ...API_HEADERS, "Content-Type": metrics.contentType };
  return new Response(await metrics.text(), { headers });
}

/** `GET /api/openapi.json` */
import type { App, Exchange } from "./exchange.ts";
import { openApiDocument } from "./openapi.ts";
import { Parameters } from "./parameters.ts";
import { jsonResponse } from "./problem.ts";

export function openApiRoute({ version, basePath }: App, { url }: Exchange): Response {
  Parameters.none(url.searchParams);
  return jsonResponse(JSON.stringify(openApiDocument(version, basePath)));
}

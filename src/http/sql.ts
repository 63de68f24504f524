/** `GET /api/events/sql` */
import type { App, Exchange } from "./exchange.ts";
import { Parameters } from "./parameters.ts";
import { jsonResponse } from "./problem.ts";
import { QUESTION_PARAMETERS, readQuestion } from "./question.ts";

export async function sqlRoute({ archive }: App, { request, url }: Exchange): Promise<Response> {
  const parameters = new Parameters(url.searchParams, QUESTION_PARAMETERS);
  return jsonResponse(JSON.stringify(await archive.sql(readQuestion(parameters), request.signal)));
}

/** `GET /api/stats` */
import type { Stats, ValueCount } from "../archive.ts";
import type { StatsAnswer, ValueStats } from "../events.ts";
import { idForJson } from "../rows/json.ts";
import type { App, Exchange } from "./exchange.ts";
import { Parameters } from "./parameters.ts";
import { jsonResponse } from "./problem.ts";
import { parseBudget, QUESTION_PARAMETERS, readQuestion } from "./question.ts";

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;
const LONGEST_WINDOW_MS = 366 * DAY_MS;

export const DEFAULT_WINDOW = "15m";
export const DEFAULT_BUCKET = "10s";

/** A chart of more bars is not seen. */
export const MAX_BUCKETS = 2000;

export async function statsRoute({ archive }: App, { request, url }: Exchange): Promise<Response> {
  const parameters = new Parameters(url.searchParams, [
    "window",
    "bucket",
    "to",
    "budget",
    ...QUESTION_PARAMETERS,
  ]);
  const windowMs = parameters.duration("window", DEFAULT_WINDOW, SECOND_MS, LONGEST_WINDOW_MS);
  const bucketMs = parameters.duration("bucket", DEFAULT_BUCKET, SECOND_MS, LONGEST_WINDOW_MS);
  if (windowMs / bucketMs > MAX_BUCKETS)
    throw parameters.contradiction(
      "bucket",
      "such a window",
      `there would be more than ${MAX_BUCKETS} buckets, so make the bucket longer or the window shorter`,
    );
  const question = readQuestion(parameters);
  const toMs = parameters.instant("to", archive.status().timeZone);
  const stats = await archive.stats(
    {
      question,
      windowMs,
      bucketMs,
      budgetMs: parseBudget(parameters),
      ...(toMs === undefined ? {} : { toMs }),
    },
    request.signal,
  );
  return jsonResponse(JSON.stringify(jsonOf(stats)));
}

const iso = (ms: number): string => new Date(ms).toISOString();

function jsonOf({ fromMs, toMs, bucketMs, completeFromMs, latestId, ...rest }: Stats): StatsAnswer {
  const { total, types, buckets, top } = rest;
  return {
    from: iso(fromMs),
    to: iso(toMs),
    bucketMs,
    completeFrom: iso(completeFromMs),
    latestId: idForJson(latestId),
    total,
    types,
    buckets: buckets.map(({ atMs, counts }) => ({ at: iso(atMs), counts })),
    top: Object.fromEntries(Object.entries(top).map(([role, values]) => [role, values.map(valueJson)])),
  };
}

function valueJson({ value, count, lastMs }: ValueCount): ValueStats {
  return { value, count, lastAt: iso(lastMs) };
}

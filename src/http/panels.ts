/** `GET /api/tables`, `GET /api/tables/:name` and `GET /api/tables/:name/:key`: the tables beside the log */
import { type PanelArchive, PanelError, type PanelPage } from "../panels.ts";
import { parseQuestion } from "../query/parse.ts";
import { isRelativeQuestion } from "../query/relative.ts";
import { LIST_LIMIT_BYTES, MAX_LIMIT } from "./events.ts";
import type { App, Exchange } from "./exchange.ts";
import { Parameters } from "./parameters.ts";
import { API_HEADERS, HttpProblem } from "./problem.ts";
import { DEFAULT_BUDGET_MS } from "./question.ts";

export const DEFAULT_PANEL_LIMIT = 100;

const NOT_MODIFIED = 304;

const FAILURES = {
  "no-table": { status: 404, title: "No such table" },
  "no-row": { status: 404, title: "No such row" },
  parameter: { status: 400, title: "Bad parameter" },
  slow: { status: 503, title: "Slow view", headers: { "Retry-After": "5" } },
} as const;

export function panelsRoute({ panels }: Pick<App, "panels">, exchange: Exchange): Promise<Response> {
  Parameters.none(exchange.url.searchParams);
  return answerOnce(panels, exchange, true, async (archive, signal) => {
    const { tables, missing, omitted, dataVersion } = await archive.tables(signal);
    return Buffer.from(`${JSON.stringify({ tables, missing, omitted, dataVersion })}\n`);
  });
}

export function panelPageRoute({ panels }: Pick<App, "panels">, exchange: Exchange): Promise<Response> {
  const parameters = new Parameters(exchange.url.searchParams, ["limit", "after", "sort", "q", "group"]);
  const question = parseQuestion(parameters.text("q") ?? "");
  const request = {
    table: exchange.id,
    question,
    limits: {
      rows: parameters.wholeNumber("limit", DEFAULT_PANEL_LIMIT, 1, MAX_LIMIT),
      bytes: LIST_LIMIT_BYTES,
    },
    after: parameters.text("after"),
    sort: parameters.text("sort"),
    group: parameters.text("group"),
    budgetMs: DEFAULT_BUDGET_MS,
  };
  // What matches "the last two hours" changes without a commit.
  return answerOnce(panels, exchange, !isRelativeQuestion(question), async (archive, signal) =>
    pageJson(await archive.page(request, signal)),
  );
}

export function panelRowRoute({ panels }: Pick<App, "panels">, exchange: Exchange): Promise<Response> {
  Parameters.none(exchange.url.searchParams);
  return answerOnce(panels, exchange, true, async (archive, signal) => {
    const { table, item, dataVersion } = await archive.row(exchange.id, exchange.key, signal);
    return Buffer.concat([
      Buffer.from(`{"table":${JSON.stringify(table)},"item":`),
      item,
      Buffer.from(`,"dataVersion":${JSON.stringify(dataVersion)}}\n`),
    ]);
  });
}

/** Put together by hand, because the rows are JSON already. */
function pageJson({ table, items, count, next, hasMore, sort, groups, dataVersion }: PanelPage): Uint8Array {
  const rest = JSON.stringify({ count, next, hasMore, sort, groups, dataVersion }).slice(1);
  return Buffer.concat([
    Buffer.from(`{"table":${JSON.stringify(table)},"items":[`),
    items,
    Buffer.from(`],${rest}\n`),
  ]);
}

/**
 * Answers, unless the client has the answer already: nothing is read then. The tag says nothing of the rows.
 * @param isLasting the answer is the same until the next commit
 */
async function answerOnce(
  archive: PanelArchive | undefined,
  { request }: Exchange,
  isLasting: boolean,
  read: (archive: PanelArchive, signal: AbortSignal) => Promise<Uint8Array>,
): Promise<Response> {
  if (archive === undefined)
    throw new HttpProblem({
      status: 404,
      title: "No panels",
      detail: "Tables beside the log are not offered: Tailboard was started with --panels none.",
    });
  // From before the read: what is read is at least as new, so that no newer answer is taken for it.
  const tag = `"${await archive.dataVersion()}"`;
  const headers = isLasting ? { ...API_HEADERS, ETag: tag } : API_HEADERS;
  if (isLasting && hasTag(request, tag)) return new Response(null, { status: NOT_MODIFIED, headers });
  try {
    const body = await read(archive, request.signal);
    return new Response(new Uint8Array(body), { headers });
  } catch (error) {
    if (!(error instanceof PanelError)) throw error;
    const { reason, message: detail, parameter } = error;
    const more = parameter === undefined ? {} : { more: { parameter } };
    throw new HttpProblem({ ...FAILURES[reason], detail, ...more });
  }
}

/** As in RFC 9110, 13.1.2: a list of tags, each of which a proxy may have made weak. */
function hasTag(request: Request, tag: string): boolean {
  const given = request.headers.get("if-none-match")?.split(",") ?? [];
  return given.some((each) => each.trim().replace(/^W\//, "") === tag || each.trim() === "*");
}

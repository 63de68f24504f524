/** `GET /api/events/export` */
import { EXPORT_FORMATS, type ExportFormat } from "../archive.ts";
import type { App, Exchange } from "./exchange.ts";
import { headResponse } from "./head.ts";
import { Parameters } from "./parameters.ts";
import { API_HEADERS } from "./problem.ts";
import { QUESTION_PARAMETERS, readQuestion } from "./question.ts";

export const CONTENT_TYPES: Readonly<Record<ExportFormat, string>> = {
  ndjson: "application/x-ndjson; charset=utf-8",
  csv: "text/csv; charset=utf-8; header=present",
};

/**
 * A search for rare rows may find nothing for so long, and a client may be as long in taking what was found, before the
 * connection is cut. In seconds.
 */
const IDLE_SECONDS = 120;

export async function exportRoute({ archive }: App, { request, url, client }: Exchange): Promise<Response> {
  const parameters = new Parameters(url.searchParams, ["format", ...QUESTION_PARAMETERS]);
  const format = parameters.word("format", EXPORT_FORMATS, "ndjson");
  const question = readQuestion(parameters);
  const headers = {
    ...API_HEADERS,
    "Content-Type": CONTENT_TYPES[format],
    "Content-Disposition": `attachment; filename="${fileName(archive.status().table, format, new Date())}"`,
    // nginx buffers responses unless told otherwise.
    "X-Accel-Buffering": "no",
  };
  const rows = await archive.export(question, format, request.signal);
  if (request.method === "HEAD") {
    await rows.cancel();
    return headResponse(headers);
  }
  client.setIdleTimeout(IDLE_SECONDS);
  return new Response(rows, { headers });
}

/** Table and time of the export, in letters that every system takes: `events-2026-11-25T10-00-00Z.csv`. */
function fileName(table: string, format: ExportFormat, now: Date): string {
  const name = table.replaceAll(/[^\w.-]+/g, "_").slice(0, 60);
  return `${name}-${now.toISOString().slice(0, 19).replaceAll(":", "-")}Z.${format}`;
}

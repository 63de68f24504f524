/** Errors as `application/problem+json`, RFC 9457. */

export interface ProblemFields {
  readonly status: number;
  /** The kind of problem, the same for every occurrence. */
  readonly title: string;
  /** What is wrong with this request and what to do, for a person. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Members of this kind of problem. */
  readonly more?: Readonly<Record<string, string | number>>;
}

/** Thrown by a route to answer with a problem. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly fields: ProblemFields;
  constructor(fields: ProblemFields) {
    super(fields.detail);
    this.fields = fields;
  }
}

export function problemResponse({ status, title, detail, headers, more }: ProblemFields): Response {
  return new Response(`${JSON.stringify({ type: "about:blank", title, status, detail, ...more })}\n`, {
    status,
    headers: { ...API_HEADERS, ...headers, "Content-Type": "application/problem+json" },
  });
}

/** On every answer that is not a file of the page. */
export const API_HEADERS = {
  "Content-Type": "application/json; charset=utf-8",
  "Cache-Control": "no-store",
} as const;

export function jsonResponse(json: string): Response {
  return new Response(`${json}\n`, { headers: API_HEADERS });
}

/**
 * The check against DNS rebinding: a page of another site can make its name resolve to 127.0.0.1 and then read
 * this server as its own origin. The name stays in the Host header, so only loopback names are served.
 */
import { HttpProblem } from "./problem.ts";

/** @throws HttpProblem when the request names no host, or one that is not this machine's loopback */
export function checkHost(request: Request): void {
  const host = request.headers.get("host");
  if (host === null) {
    throw new HttpProblem({
      status: 400,
      title: "Host header missing",
      detail: "The request has no Host header: send one, such as Host: localhost (HTTP/1.1 clients do).",
    });
  }
  const name = host.replace(/:\d+$/, "").toLowerCase();
  if (name === "localhost" || name === "[::1]" || /^127(\.\d{1,3}){3}$/.test(name)) return;
  throw new HttpProblem({
    status: 403,
    title: "Host not allowed",
    detail: `The Host header ${JSON.stringify(host)} is not a loopback name. This guards against DNS rebinding: use http://localhost or http://127.0.0.1 with the port.`,
  });
}

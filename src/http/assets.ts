/** The dashboard's files, bundled once at start: there is no build step to forget. A single binary has them in it. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { partUrl } from "../parts.ts";

export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  /** The same, for who accepts it. */
  readonly gzip: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Everything from this server and nothing inline, so that text from the database can never become code. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const PAGE = "web/dashboard.html";

/** The directory of the page in a single binary. */
export const EMBEDDED_PAGE = "page";

/** A file of the page. */
export interface PageFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The page and what it refers to, by URL path: the page itself is "/".
 * @param page an HTML file to bundle; where it is left out, the dashboard
 * @throws Error when the page or one of its parts can't be bundled
 */
export async function buildAssets(page?: string): Promise<ReadonlyMap<string, Asset>> {
  const assets = new Map<string, Asset>();
  const isEmbedded = page === undefined && Bun.isStandaloneExecutable;
  for (const { name, type, bytes: body } of await (isEmbedded ? embeddedPage() : bundlePage(page))) {
    const isPage = name.endsWith(".html");
    assets.set(isPage ? "/" : `/${name}`, {
      body,
      // Once, at start: what is sent often may take its time.
      gzip: Bun.gzipSync(body, { level: 9 }),
      headers: {
        "Content-Type": type,
        "Cache-Control": isPage ? "no-cache" : "public, max-age=31536000, immutable",
        // Between here and the browser may be a cache: it has to keep both.
        Vary: "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        ...(isPage ? { "Content-Security-Policy": CONTENT_SECURITY_POLICY } : {}),
      },
    });
  }
  return assets;
}

/** The answer to a request for an asset: compressed for who accepts that. */
export function assetResponse({ body, gzip, headers }: Asset, request: Request): Response {
  if (!acceptsGzip(request.headers.get("accept-encoding"))) return new Response(body, { headers });
  return new Response(gzip, { headers: { ...headers, "Content-Encoding": "gzip" } });
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-accept-encoding: a weight of 0 refuses, and `*` is what is not named. */
function acceptsGzip(accepted: string | null): boolean {
  const weights = new Map<string, number>();
  for (const coding of accepted?.split(",") ?? []) {
    const [name = "", ...parameters] = coding.split(";").map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice("q=".length);
    weights.set(name, weight === undefined ? 1 : Number(weight));
  }
  const weight = weights.get("gzip") ?? weights.get("x-gzip") ?? weights.get("*") ?? 0;
  return weight > 0;
}

/**
 * Bundles a page and what it refers to.
 * @param page an HTML file; the dashboard where it is left out
 * @throws Error when the page or one of its parts can't be bundled
 */
export async function bundlePage(page: string = fileURLToPath(partUrl(PAGE))): Promise<PageFile[]> {
  const outputs = await bundle(page);
  return Promise.all(
    outputs.map(async (output) => ({
      name: output.path.replace(/^\.\//, ""),
      type: output.type,
      bytes: output.path.endsWith(".html")
        ? sameOrigin(await output.text())
        : new Uint8Array(await output.arrayBuffer()),
    })),
  );
}

/** What scripts/build.ts has put into the binary. */
async function embeddedPage(): Promise<PageFile[]> {
  const directory = fileURLToPath(partUrl(EMBEDDED_PAGE));
  return Promise.all(
    readdirSync(directory).map(async (name) => {
      const file = Bun.file(join(directory, name));
      return { name, type: file.type, bytes: new Uint8Array(await file.arrayBuffer()) };
    }),
  );
}

async function bundle(page: string): Promise<Bun.BuildArtifact[]> {
  try {
    const { outputs } = await Bun.build({
      entrypoints: [page],
      target: "browser",
      // The functions of the documentation keep their names: they are properties of `window.tailboard`.
      minify: true,
      // What the page imports when it is wanted comes then, and not with the first load.
      splitting: true,
      naming: { entry: "[name].[ext]", chunk: "[name]-[hash].[ext]", asset: "[name]-[hash].[ext]" },
      // Relative to the page, so that a reverse proxy may put it under any path.
      publicPath: "./",
      define: { "process.env.NODE_ENV": '"production"' },
    });
    return outputs;
  } catch (error) {
    const reasons = error instanceof AggregateError ? error.errors : [error];
    throw new Error(
      `can't bundle the dashboard from ${page}: ${reasons.map(String).join("; ")}. ` +
        "Is the checkout complete, and did `npm install` run in it?",
      { cause: error },
    );
  }
}

/** Bun marks its files `crossorigin`, which says that another host might serve them. None does. */
function sameOrigin(html: string): Uint8Array<ArrayBuffer> {
  const rewriter = new HTMLRewriter().on("[crossorigin]", {
    element(element) {
      element.removeAttribute("crossorigin");
    },
  });
  return new TextEncoder().encode(rewriter.transform(html));
}

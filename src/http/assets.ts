/** The dashboard's files, bundled once at start: there is no build step to forget. */

import { join } from "node:path";

export interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
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

const PAGE = join(import.meta.dir, "../web/dashboard.html");

/**
 * Bundles a page and what it refers to, by URL path: the page itself is "/".
 * @param page an HTML file
 * @throws Error when the page or one of its parts can't be bundled
 */
export async function buildAssets(page: string = PAGE): Promise<ReadonlyMap<string, Asset>> {
  const assets = new Map<string, Asset>();
  for (const output of await bundle(page)) {
    const isPage = output.path.endsWith(".html");
    assets.set(isPage ? "/" : output.path.replace(/^\./, ""), {
      body: isPage ? sameOrigin(await output.text()) : new Uint8Array(await output.arrayBuffer()),
      headers: {
        "Content-Type": output.type,
        "Cache-Control": isPage ? "no-cache" : "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        ...(isPage ? { "Content-Security-Policy": CONTENT_SECURITY_POLICY } : {}),
      },
    });
  }
  return assets;
}

async function bundle(page: string): Promise<Bun.BuildArtifact[]> {
  try {
    const { outputs } = await Bun.build({
      entrypoints: [page],
      target: "browser",
      // What is imported with `import()` is a file of its own, which is fetched when it is needed.
      splitting: true,
      // Names stay: whoever opens the browser's tools should recognise the functions of the documentation.
      minify: { whitespace: true, syntax: true, identifiers: false },
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

/** The page that asks for the token. It has no script, and its style is a file, as the policy for pages wants it. */

/** Where its style is, beside the dashboard: the one file that is sent to everybody. */
export const SIGN_IN_STYLE_PATH = "/sign-in.css";

/** When somebody who gave too many wrong tokens may give the next one. */
export const RETRY_AFTER = { "Retry-After": "5" } as const;

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

export interface SignInPage {
  /** The way from the address of the request to the dashboard, as in `./` or `../../`. */
  readonly root: string;
  /** What else stands in the address, and comes back after the sign-in. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly trouble: SignInTrouble | undefined;
  /**
   * Whether the reader followed a link of another site, with which browsers send no cookie of this kind. The page then
   * asks for itself once more, which is a request of this site, and comes with the cookie where there is one.
   */
  readonly isFromElsewhere: boolean;
}

/** Why the reader is asked once more. */
export type SignInTrouble = keyof typeof TROUBLES;

const TROUBLES = {
  "wrong-token": "This is not the token. Look for spaces, and for a part that is missing.",
  "too-many-tries":
    "Too many wrong tokens came from your network. Wait a moment. The right one is accepted at any time.",
} as const;

export function signInResponse(page: SignInPage): Response {
  const isTooMany = page.trouble === "too-many-tries";
  return new Response(html(page), {
    status: isTooMany ? 429 : 401,
    headers: {
      ...(isTooMany ? RETRY_AFTER : {}),
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Security-Policy": CONTENT_SECURITY_POLICY,
      "WWW-Authenticate": 'Bearer realm="Tailboard"',
    },
  });
}

export function signInStyleResponse(): Response {
  return new Response(STYLE, {
    headers: { "Content-Type": "text/css; charset=utf-8", "Cache-Control": "no-cache" },
  });
}

function html({ root, parameters, trouble, isFromElsewhere }: SignInPage): string {
  const search = new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString();
  const hidden = parameters.map(
    ([name, value]) =>
      `<input type="hidden" name="${Bun.escapeHTML(name)}" value="${Bun.escapeHTML(value)}" />`,
  );
  const wrong = trouble === undefined ? "" : `<p id="wrong" role="alert">${TROUBLES[trouble]}</p>`;
  const described = trouble === undefined ? "" : ` aria-invalid="true" aria-describedby="wrong"`;
  const again = Bun.escapeHTML(root + (search === "" ? "" : `?${search}`));
  const elsewhere = isFromElsewhere
    ? `<p>You came from another page. If you have signed in before, <a href="${again}">go on</a>.</p>`
    : "";
  const refresh = isFromElsewhere ? `<meta http-equiv="refresh" content="0" />` : "";
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    ${refresh}
    <title>Sign in – Tailboard</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="${root}${SIGN_IN_STYLE_PATH.slice(1)}" />
  </head>
  <body>
    <main>
      <h1>Tailboard</h1>
      ${elsewhere}
      <form method="get" action="${root}">
        ${hidden.join("\n        ")}
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="current-password" required autofocus${described} />
        ${wrong}
        <button type="submit">Sign in</button>
      </form>
      <p>The token is what Tailboard was started with: <code>--token</code>, or the variable <code>TAILBOARD_TOKEN</code>. Ask the person who started it.</p>
    </main>
  </body>
</html>
`;
}

/** The colours are those of the dashboard. */
const STYLE = `:root {
  color-scheme: light dark;
}

* {
  box-sizing: border-box;
}

body {
  margin: 0;
  min-height: 100vh;
  display: grid;
  place-items: center;
  padding: 1rem;
  background: light-dark(#f5f6f8, #0e1116);
  color: light-dark(#171c26, #e6eaf1);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}

main {
  width: 100%;
  max-width: 24rem;
  padding: 1.5rem;
  border: 1px solid light-dark(#e3e6eb, #262d38);
  border-radius: 0.7rem;
  background: light-dark(#ffffff, #14181f);
  overflow-wrap: anywhere;
}

h1 {
  margin: 0 0 1rem;
  font-size: 1.25rem;
}

form {
  display: grid;
  gap: 0.5rem;
}

label {
  font-weight: 600;
}

input,
button {
  width: 100%;
  padding: 0.6rem 0.75rem;
  border: 1px solid light-dark(#7d8798, #6b7789);
  border-radius: 0.4rem;
  background: light-dark(#ffffff, #0e1116);
  color: inherit;
  font: inherit;
}

button {
  margin-top: 0.25rem;
  border-color: transparent;
  background: light-dark(#1d5fd1, #7fb0ff);
  color: light-dark(#ffffff, #0e1116);
  font-weight: 600;
  cursor: pointer;
}

:focus-visible {
  outline: 2px solid light-dark(#1d5fd1, #7fb0ff);
  outline-offset: 2px;
}

a {
  color: light-dark(#1d5fd1, #7fb0ff);
}

p {
  margin: 1rem 0 0;
  color: light-dark(#566072, #9aa5b5);
}

#wrong {
  margin: 0;
  color: light-dark(#b3261e, #ff9d94);
  font-weight: 600;
}
`;

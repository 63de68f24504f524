/** HTTPS by --tls-cert and --tls-key, with certificates that openssl makes here. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";

import { Scratch } from "../../support/scratch.ts";
import { runToEnd, Server } from "../../support/server.ts";
import { describeWhere, findProgram } from "../../support/tools.ts";
import { TEST_TIMEOUT_MS } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const openssl = await findProgram("openssl");

const TOKEN = "correct-horse-battery";

/** Makes a certificate of its own for localhost. */
async function makeCertificate(scratch: Scratch, name: string): Promise<void> {
  const child = Bun.spawn(
    [
      openssl ?? "openssl",
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes".split(" "),
      "-keyout",
      scratch.path(`${name}.key`),
      "-out",
      scratch.path(`${name}.crt`),
      "-days",
      "2",
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1",
    ],
    { stdout: "ignore", stderr: "pipe" },
  );
  const errors = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(errors);
}

describeWhere(openssl !== undefined, "No openssl for the tests of TLS: sudo apt-get install openssl")(
  "TLS",
  () => {
    let scratch: Scratch;
    beforeAll(async () => {
      scratch = new Scratch();
      await makeCertificate(scratch, "one");
      await makeCertificate(scratch, "other");
      writeFileSync(scratch.path("empty.pem"), "");
      writeFileSync(scratch.path("text.pem"), "dear diary");
    });
    afterAll(() => scratch[Symbol.dispose]());

    const files = (cert: string, key: string) => [
      "--tls-cert",
      scratch.path(cert),
      "--tls-key",
      scratch.path(key),
    ];

    test("serves everything, with a cookie that never goes without it", async () => {
      await using server = await Server.start([
        scratch.path("events.db"),
        "--create",
        ...files("one.crt", "one.key"),
        "--token",
        TOKEN,
      ]);
      expect(server.url).toStartWith("https://127.0.0.1:");
      const tls = { ca: await Bun.file(scratch.path("one.crt")).text() };
      const answer = await server.fetch(`/?token=${TOKEN}`, { tls, redirect: "manual" });
      expect(answer.status).toBe(303);
      const cookie = answer.headers.get("set-cookie") ?? "";
      expect(cookie).toEndWith("; SameSite=Strict; Secure");
      const page = await server.fetch("/", { tls, headers: { Cookie: cookie.split(";")[0] ?? "" } });
      expect(page.status).toBe(200);
      expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      // Nobody is taken for TLS who speaks without it.
      const plain = server.url.replace("https:", "http:");
      expect(
        await fetch(plain).then(
          ({ status }) => status,
          () => "refused",
        ),
      ).not.toBe(200);
    });

    test.each([
      ["missing.crt", "one.key", "can't read --tls-cert"],
      ["one.crt", "missing.key", "can't read --tls-key"],
      ["one.crt", ".", "can't read --tls-key"],
      ["one.crt", "other.key", "is not the key of --tls-cert"],
      ["one.key", "one.key", "holds no certificate"],
      ["one.crt", "one.crt", "holds no private key"],
      ["empty.pem", "one.key", "holds no certificate"],
      ["text.pem", "one.key", "holds no certificate"],
      ["one.crt", "text.pem", "holds no private key"],
    ])("%s with %s is one line at the start", async (cert, key, words) => {
      const { status, stdout, stderr } = await runToEnd([
        scratch.path("events.db"),
        "--port",
        "0",
        ...files(cert, key),
      ]);
      expect([status, stdout]).toEqual([1, ""]);
      expect(stderr).toContain(words);
      expect(stderr.trim()).not.toContain("\n");
      expect(stderr).not.toContain("PRIVATE KEY");
    });
  },
);

/** Tailboard behind nginx, Caddy and HAProxy, with their buffering on and the configurations of docs/operating.md. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { type Followed, Http2Client } from "./support/http2-client.ts";
import { findProxy, HOST_NAME, type Placing, PROXIES, ReverseProxy } from "./support/reverse-proxy.ts";
import { Scratch } from "./support/scratch.ts";
import { Server } from "./support/server.ts";
import { describeWhere } from "./support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "./support/until.ts";
import { Writer } from "./support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

/** Over HTTP/1.1 a browser has six connections for all of its tabs. */
const TABS = 10;

/** A stream that is held in a buffer would wait for the next keep-alive, 15 s away. */
const ROW_DEADLINE_MS = 1000;

/** A comment comes every 15 s. */
const KEEP_ALIVE_DEADLINE_MS = 20_000;

const TOKEN = "a-token-of-the-test";

interface Setup {
  readonly server: Server;
  readonly writer: Writer;
  readonly client: Http2Client;
}

for (const name of PROXIES) {
  const program = await findProxy(name);
  const missing = `No ${name} for the tests of proxies: on Debian and Ubuntu, \`sudo apt-get install ${name}\`.`;

  describeWhere(program !== undefined, missing)(`${name} that`, () => {
    /** Runs a body with a server behind this proxy, and ends all of it. */
    async function behind(
      placing: Placing,
      body: (setup: Setup) => Promise<void>,
      { without, args = [] }: { readonly without?: RegExp; readonly args?: readonly string[] } = {},
    ): Promise<void> {
      using scratch = new Scratch();
      const database = scratch.path("events.db");
      const placed = placing === "keeps" ? ["--base-path", "/tail"] : [];
      await using server = await Server.start([database, "--create", ...placed, ...args]);
      await using writer = new Writer(database);
      await using proxy = await ReverseProxy.start(
        program ?? "",
        name,
        placing,
        server.url,
        scratch,
        without,
      );
      using client = new Http2Client(proxy.url);
      await body({ server, writer, client });
    }

    const subscribers = (server: Server) => server.metric("tailboard_subscribers");

    test.each(["keeps", "strips"] as const)("%s the path serves the page, its files and the API", (placing) =>
      behind(placing, async ({ client, writer }) => {
        await writer.insert(1);
        const page = await client.get("/tail/");
        expect(page.status).toBe(200);
        const files = [...page.body.toString().matchAll(/(?:src|href)="(\.\/[^"]+)"/g)];
        expect(files.length).toBeGreaterThan(2);
        for (const [, file = ""] of files)
          expect([file, (await client.get(file)).status]).toEqual([file, 200]);
        const list = await client.get("api/events?limit=1");
        expect(JSON.parse(list.body.toString())).toMatchObject({ count: 1, latestId: 1 });
        // From without the slash to the page, by whichever of the two.
        const bare = await client.get("/tail");
        expect(bare.status).toBeOneOf([301, 302, 307, 308]);
        const location = new URL(String(bare.headers["location"]), `https://${HOST_NAME}/tail`);
        expect(location.pathname).toBe("/tail/");
        // Nothing else of the server is reached, nor what only begins like the path.
        for (const path of ["/api/status", "/tailor/", "/metrics"])
          expect(Buffer.from((await client.get(path)).body).toString()).not.toContain("tailboard_");
      }),
    );

    test.each(["keeps", "strips"] as const)(
      "%s the path holds ten streams in one connection, and each row comes within a second",
      (placing) =>
        behind(placing, async ({ client, server, writer }) => {
          const tabs: Followed[] = [];
          for (let tab = 0; tab < TABS; tab++) tabs.push(await client.follow());
          expect(await subscribers(server)).toBe(TABS);
          const committed = await writer.insert(5, 50);
          for (const { reader } of tabs) await reader.waitForRows(5);
          for (const { reader } of tabs) {
            expect(reader.ids).toEqual(["1", "2", "3", "4", "5"]);
            const delays = reader.rows.map(({ receivedAt }, index) => receivedAt - (committed[index] ?? 0));
            expect(Math.max(...delays)).toBeLessThan(ROW_DEADLINE_MS);
          }
          // Some leave, and the others are not disturbed.
          for (const tab of tabs.slice(0, 4)) tab.leave();
          await until(async () => (await subscribers(server)) === TABS - 4, "four subscribers less");
          await writer.insert(1);
          for (const { reader } of tabs.slice(4)) await reader.waitForRows(6);
          // The browser is closed.
          client[Symbol.dispose]();
          await until(async () => (await subscribers(server)) === 0, "no subscriber");
        }),
    );

    // Over HTTP/1.0 nginx holds what does not fill its buffer, unless X-Accel-Buffering tells it not to.
    if (name === "nginx") {
      test("keeps the path asks in HTTP/1.0, as is its default, and holds nothing", () =>
        behind(
          "keeps",
          async ({ client, server, writer }) => {
            const { reader, leave } = await client.follow();
            const [committedAt = 0] = await writer.insert(1);
            await reader.waitForRows(1);
            expect((reader.rows[0]?.receivedAt ?? Infinity) - committedAt).toBeLessThan(ROW_DEADLINE_MS);
            leave();
            await until(async () => (await subscribers(server)) === 0, "no subscriber");
          },
          { without: /^ *proxy_(?:http_version|set_header Connection).*\n/gm },
        ));
    }

    test("keeps the path is believed who comes, and by TLS, and the sign-in stays under the path", () =>
      behind(
        "keeps",
        async ({ client, server }) => {
          expect((await client.get("api/status")).status).toBe(401);
          // A client can claim to be anybody: the proxy adds whom it sees, and that one counts.
          const forged = { "x-forwarded-for": "203.0.113.9" };
          const signedIn = await client.get(`/tail/?token=${TOKEN}`, forged);
          expect(signedIn.status).toBe(303);
          const [cookie = ""] = [signedIn.headers["set-cookie"]].flat().map(String);
          expect(cookie).toContain("Path=/tail/;");
          expect(cookie).toEndWith("; Secure");
          const leads = new URL(String(signedIn.headers["location"]), "https://host/tail/");
          expect(leads.pathname + leads.search).toBe("/tail/");
          const [pair = ""] = cookie.split(";");
          expect((await client.get("api/status", { cookie: pair })).status).toBe(200);
          await until(() => server.log.some(({ message }) => message === "signed in"), "the line");
          expect(server.log.find(({ message }) => message === "signed in")).toMatchObject({
            address: "127.0.0.1",
          });
        },
        { args: ["--token", TOKEN, "--trusted-proxy", "127.0.0.1"] },
      ));

    test("keeps the path lets keep-alives through, and no compression holds a row", () =>
      behind("keeps", async ({ client, writer }) => {
        const { reader, headers } = await client.follow({ "accept-encoding": "gzip, br" });
        // nginx compresses what `gzip_types *` names, whatever the answer says, and passes on what it has each time.
        expect(headers["content-encoding"]).toBe(name === "nginx" ? "gzip" : undefined);
        const [committedAt = 0] = await writer.insert(1);
        await reader.waitForRows(1);
        expect((reader.rows[0]?.receivedAt ?? Infinity) - committedAt).toBeLessThan(ROW_DEADLINE_MS);
        await until(() => reader.comments.length > 0, "a keep-alive", KEEP_ALIVE_DEADLINE_MS);
        // What is no stream is compressed where the proxy or Tailboard does so.
        const page = await client.get("/tail/", { "accept-encoding": "gzip" });
        expect(page.headers["content-encoding"]).toBe("gzip");
      }));
  });
}

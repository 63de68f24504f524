/** From another address: nothing without the token, everything with it. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { ROUTES } from "../../../src/http/app.ts";
import { Scratch } from "../../support/scratch.ts";
import { Server } from "../../support/server.ts";
import { describeWhere } from "../../support/tools.ts";
import { hasNamespaces, NO_NAMESPACES, TwoMachines } from "../../support/two-machines.ts";
import { TEST_TIMEOUT_MS, until } from "../../support/until.ts";
import { lines, Writer } from "../../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const TOKEN = "correct-horse-battery";
const BEARER = { Authorization: `Bearer ${TOKEN}` };

interface Asked {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answered {
  /** 0 where nobody answers. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Runs there: asks one after the other. */
const ASK = `
  const answers = [];
  for (const { url, headers } of JSON.parse(process.argv[1])) {
    try {
      const answer = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(5000) });
      answers.push({ status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() });
    } catch (error) {
      answers.push({ status: 0, headers: {}, body: String(error) });
    }
  }
  console.log(JSON.stringify(answers));
`;

/** Runs there: prints a stream as it comes. */
const FOLLOW = `
  const [url, headers] = JSON.parse(process.argv[1]);
  const answer = await fetch(url, { headers });
  for await (const chunk of answer.body) process.stdout.write(chunk);
`;

async function ask(machines: TwoMachines, asked: readonly Asked[]): Promise<Answered[]> {
  const child = Bun.spawn([...machines.onClient, process.execPath, "-e", ASK, JSON.stringify(asked)], {
    stdout: "pipe",
  });
  const answers: Answered[] = JSON.parse(await new Response(child.stdout).text());
  return answers;
}

describeWhere(await hasNamespaces(), NO_NAMESPACES)("from another address", () => {
  test("a server on loopback is not there at all", async () => {
    using scratch = new Scratch();
    await using machines = await TwoMachines.create();
    await using server = await Server.start([scratch.path("events.db"), "--create"], {
      under: machines.onServer,
    });
    const answers = await ask(machines, [{ url: `http://${machines.serverAddress}:${server.port}/healthz` }]);
    expect(answers.map(({ status }) => status)).toEqual([0]);
  });

  test("nothing without the token, and everything with it", async () => {
    using scratch = new Scratch();
    await using machines = await TwoMachines.create();
    await using server = await Server.start([scratch.path("events.db"), "--create", "--host", "0.0.0.0"], {
      under: machines.onServer,
      env: { TAILBOARD_TOKEN: TOKEN },
    });
    const base = `http://${machines.serverAddress}:${server.port}`;
    await using writer = new Writer(scratch.path("events.db"));
    await writer.insert(1);
    const paths = ["/", ...Object.keys(ROUTES)].filter((path) => !["/healthz", "/readyz"].includes(path));
    await until(async () => {
      const [ready] = await ask(machines, [{ url: `${base}/readyz` }]);
      return ready?.status === 200;
    }, "the tail to follow");

    const refused = await ask(
      machines,
      paths.map((path) => ({ url: base + path })),
    );
    expect(refused.map(({ status }, at) => [paths[at], status])).toEqual(paths.map((path) => [path, 401]));
    for (const { body } of refused) expect(body).not.toContain("written by another process");

    const served = paths.filter((path) => path !== "/api/events/stream" && !path.includes(":"));
    const answers = await ask(
      machines,
      served.map((path) => ({ url: base + path, headers: BEARER })),
    );
    expect(answers.map(({ status }, at) => [served[at], status])).toEqual(served.map((path) => [path, 200]));
    const [signIn] = await ask(machines, [{ url: `${base}/?token=${TOKEN}` }]);
    const cookie = signIn?.headers["set-cookie"]?.split(";")[0] ?? "";
    const [byCookie, byName] = await ask(machines, [
      { url: `${base}/api/events`, headers: { Cookie: cookie } },
      { url: `${base}/api/events`, headers: { ...BEARER, Host: "rebound.example" } },
    ]);
    expect([byCookie?.status, byName?.status]).toEqual([200, 403]);
    expect(byCookie?.body).toContain("written by another process");

    const stream = Bun.spawn(
      [
        ...machines.onClient,
        process.execPath,
        "-e",
        FOLLOW,
        JSON.stringify([`${base}/api/events/stream?lastEventId=0`, { Cookie: cookie }]),
      ],
      { stdout: "pipe" },
    );
    const seen: string[] = [];
    const reading = (async () => {
      for await (const line of lines(stream.stdout)) seen.push(line);
    })();
    await until(() => seen.includes("id: 1"), "the row that was there");
    await writer.insert(1);
    await until(() => seen.includes("id: 2"), "the row that came");
    stream.kill();
    await reading;

    expect(server.log.find(({ message }) => message === "signed in")).toMatchObject({
      address: machines.clientAddress,
    });
    expect(await server.stop()).toBe(0);
    for (const secret of [TOKEN, cookie.split("=")[1] ?? ""])
      expect(JSON.stringify(server.log)).not.toContain(secret);
  });
});

/** The server and the commands on a PostgreSQL database, as programs of their own. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { Command, runCommand } from "../support/command.ts";
import { NO_POSTGRES, Postgres, postgresPrograms } from "../support/postgres.ts";
import { runToEnd, Server } from "../support/server.ts";
import { describeWhere } from "../support/tools.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const INSERT = (summary: string): string =>
  `INSERT INTO events (event_type, actor_id, summary, metadata) VALUES ('note', 'ann', '${summary}', '{"n": 1}')`;

describeWhere((await postgresPrograms()) !== undefined, NO_POSTGRES)("Tailboard on PostgreSQL", () => {
  test("serves what schema-sql and notify-sql have set up, and its commands print the same", async () => {
    await using postgres = await Postgres.start();
    const name = await postgres.createDatabase();
    await using sql = postgres.connect(name);
    for (const command of ["schema-sql", "notify-sql"]) {
      const { stdout, status } = await runToEnd([command, "postgres://h/d"]);
      expect(status).toBe(0);
      await sql.unsafe(stdout);
    }
    const url = postgres.url(name);
    await using server = await Server.start([url]);
    await using reader = await server.follow();
    await sql.unsafe(INSERT("first"));
    await sql.unsafe(INSERT("second"));
    await reader.waitForRows(2);
    expect(reader.ids).toEqual(["1", "2"]);
    expect(JSON.parse(reader.rows[0]?.data ?? "")).toMatchObject({
      id: 1,
      event_type: "note",
      actor_id: "ann",
      summary: "first",
      metadata: { n: 1 },
    });
    const status = await server.json<Record<string, unknown>>("/api/status");
    expect(status).toMatchObject({ state: "tailing", problem: null, table: "events", latestId: 2 });
    expect(await server.json("/api/events?q=summary:second")).toMatchObject({ count: 1, latestId: 2 });

    await using tail = new Command(["tail", url, "--json", "-n", "1"]);
    await tail.waitForEvents(1);
    await sql.unsafe(INSERT("third"));
    await tail.waitForEvents(2);
    expect(tail.ids).toEqual([2, 3]);
    const asked = await runCommand(["query", url, "summary:th*", "--json"]);
    expect(asked).toMatchObject({ status: 0, errors: [] });
    expect(JSON.parse(asked.lines[0] ?? "")).toMatchObject({ id: 3, summary: "third" });
    const silence = ["wait", url, "--silence", "--timeout", "2s"];
    expect(await runCommand([...silence, "--where", "type:alarm"])).toEqual({
      status: 0,
      lines: [],
      errors: [],
    });
    const broken = await runCommand([...silence, "--after", "2"]);
    expect([broken.status, broken.lines.length]).toEqual([3, 1]);
    expect(await server.stop()).toBe(0);
  });

  test("can't tell silence of a table that somebody holds", async () => {
    await using postgres = await Postgres.start();
    const name = await postgres.createDatabase();
    await using sql = postgres.connect(name);
    const { stdout } = await runToEnd(["schema-sql", "postgres://h/d"]);
    await sql.unsafe(stdout);
    const url = postgres.url(name);
    await using wait = new Command(["wait", url, "--silence", "--timeout", "3s"]);
    await using holder = postgres.connect(name);
    await holder.begin(async (transaction) => {
      await transaction.unsafe("LOCK TABLE events IN ACCESS EXCLUSIVE MODE");
      expect(await wait.end(20_000)).toBe(1);
    });
    expect(wait.errors.at(-1)).toContain("can't tell whether there was silence");
  });

  test("never shows the password", async () => {
    await using postgres = await Postgres.start({
      access: ["host all all 127.0.0.1/32 scram-sha-256"],
    });
    const url = postgres.url("postgres", "nobody", "s3cret-word");
    await using server = await Server.start([url]);
    const status = await (await server.fetch("/api/status")).text();
    expect(status).toContain(`@127.0.0.1:${postgres.port}`);
    const { errors } = await runCommand(["query", url]);
    const refused = await runToEnd([url, "--create"]);
    const twice = await runToEnd([url, url]);
    const all = [JSON.stringify(server.log), status, ...errors, refused.stderr, twice.stderr].join("\n");
    expect(refused).toMatchObject({ status: 2 });
    expect(all).not.toContain("s3cret");
  });
});

/** The commands of docs/operating.md for backups and restores, while Tailboard follows and a program writes. */
import { Database } from "bun:sqlite";
import { expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { describeWhere, findProgram } from "../support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const guide = await Bun.file(join(import.meta.dir, "../../docs/operating.md")).text();

/** Runs the block of that name with the files of a test in place of those of the guide. */
async function runDocumented(name: string, scratch: Scratch): Promise<string> {
  const [, block = "false"] = new RegExp(`^\`\`\`sh ${name}\n(.*?)^\`\`\`$`, "ms").exec(guide) ?? [];
  const script = block
    .replaceAll("/var/lib/app/events.db", scratch.path("events.db"))
    .replaceAll("/var/backups/events.db", scratch.path("backup.db"));
  const child = Bun.spawn(["sh", "-euc", script], { stdin: "ignore", stdout: "pipe", stderr: "inherit" });
  const out = await new Response(child.stdout).text();
  expect([name, await child.exited]).toEqual([name, 0]);
  return out;
}

/** How many events a file has, where nobody writes to it. */
function countIn(path: string): unknown {
  using database = new Database(path);
  return database.query("SELECT count(*) AS count FROM events").get();
}

const sqlite3 = await findProgram("sqlite3");

describeWhere(sqlite3 !== undefined, "No sqlite3 for the tests of backups: apt-get install sqlite3")(
  "a backup",
  () => {
    test("has every committed row, and is restored while the server runs", async () => {
      using scratch = new Scratch();
      createDatabase(scratch.path("events.db"), "events");
      await using server = await Server.start([scratch.path("events.db")]);
      await using stream = await server.follow();
      await using writer = new Writer(scratch.path("events.db"));
      await writer.insert(20);
      await stream.waitForRows(20);
      // What a copy of the file alone would miss: the rows are in -wal, because the server has the file open.
      await Bun.write(scratch.path("copied.db"), Bun.file(scratch.path("events.db")));
      expect(countIn(scratch.path("copied.db"))).not.toEqual({ count: 20 });

      expect(await runDocumented("backup", scratch)).toBe("ok\n");
      expect(countIn(scratch.path("backup.db"))).toEqual({ count: 20 });
      await writer.insert(5);
      await stream.waitForRows(25);

      await runDocumented("restore", scratch);
      await until(() => stream.named("reset").length > 0, "a reset");
      await writer.insert(1);
      await until(() => stream.ids.at(-1) === "21", "the next row of the backup");
      expect(await server.json("/api/status")).toMatchObject({ state: "tailing", latestId: 21 });
    });
  },
);

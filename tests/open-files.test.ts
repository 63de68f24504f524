/** The limit of open files: streams that do not fit are refused in words, connections beyond it cost nobody anything. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";

import { createDatabase } from "../src/db/sqlite/create.ts";
import { RESERVED_FILES, streamsThatFit } from "../src/process/open-files.ts";
import { Scratch } from "./support/scratch.ts";
import { runToEnd, Server } from "./support/server.ts";
import { describeWhere } from "./support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "./support/until.ts";
import { Writer } from "./support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const LIMIT = 64;
/** Where it spins it takes all of the time; noticing takes a tenth of a second, and then a probe every tenth. */
const MAX_CPU_SHARE = 0.25;
const MEASURED_MS = 3000;
/** The unit of /proc/PID/stat on every Linux that Bun runs on. */
const MS_PER_TICK = 10;

const underLimit = (limit: number) => ({ under: ["bash", "-c", `ulimit -n ${limit}; exec "$@"`, "bash"] });

test("as many streams as fit, and no more than were asked for", () => {
  expect(streamsThatFit(10_000, 1024)).toBe(976);
  expect(streamsThatFit(100, 1024)).toBe(100);
  expect(streamsThatFit(10_000, 40)).toBeLessThan(1);
  expect(streamsThatFit(10_000, undefined)).toBe(10_000);
});

describeWhere(process.platform === "linux", "The tests of the limit of open files need Linux.")(
  "open files",
  () => {
    const cpuMs = async (server: Server): Promise<number> => {
      const stat = await Bun.file(`/proc/${server.process.pid}/stat`).text();
      const [user, system] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14);
      return (Number(user) + Number(system)) * MS_PER_TICK;
    };
    const start = async (stack: AsyncDisposableStack, ...args: string[]) => {
      const path = stack.use(new Scratch()).path("events.db");
      createDatabase(path, "events");
      const writer = stack.use(new Writer(path));
      const server = stack.use(await Server.start([path, ...args], underLimit(LIMIT)));
      return { writer, server };
    };
    /** A connection that says nothing. One that is refused, or closed, is no error here. */
    const connectIdle = (stack: AsyncDisposableStack, port: number): Socket => {
      const socket = connect({ host: "127.0.0.1", port });
      socket.on("error", () => undefined);
      stack.defer(() => void socket.destroy());
      return socket;
    };

    test("--max-connections is lowered to fit, in one line, and the 503 names the number and the remedy", async () => {
      await using stack = new AsyncDisposableStack();
      const { server } = await start(stack);
      const lines = server.log.filter((line) => line.level === "warn");
      expect(lines).toEqual([expect.objectContaining({ asked: 10_000, openFilesLimit: LIMIT })]);
      const fitting = Number(lines[0]?.["maxConnections"]);
      expect(fitting).toBe(streamsThatFit(10_000, LIMIT));
      for (let count = 0; count < fitting; count++) stack.use(await server.follow());
      const refused = await server.fetch("/api/events/stream");
      expect(refused.status).toBe(503);
      expect(await refused.json()).toMatchObject({
        detail: expect.stringMatching(new RegExp(`There are ${fitting} event streams.*ulimit -n`)),
      });
      // All streams that may be open leave room for the others who ask.
      expect((await server.fetch("/readyz")).status).toBe(200);
    });

    test("what was asked for and fits is left alone", async () => {
      await using stack = new AsyncDisposableStack();
      const { server } = await start(stack, "--max-connections", "5");
      expect(server.log.filter((line) => line.level === "warn")).toEqual([]);
    });

    test("connections beyond the limit: streams go on, the process rests, and it answers when they leave", async () => {
      await using stack = new AsyncDisposableStack();
      const { server, writer } = await start(stack);
      const readers = [stack.use(await server.follow()), stack.use(await server.follow())];
      const idle = stack.use(new AsyncDisposableStack());
      const before = await cpuMs(server);
      const startedAtMs = performance.now();
      for (let count = 0; count < 100; count++) connectIdle(idle, server.port);
      const refusals = () => server.log.filter((line) => line.message.startsWith("refusing connections"));
      await until(() => refusals().length > 0, "the server to refuse");
      // What serves the streams may have to open files: the reserve is theirs now.
      const open = readdirSync(`/proc/${server.process.pid}/fd`).length;
      expect(LIMIT - open).toBeGreaterThanOrEqual(RESERVED_FILES);
      await writer.insert(3);
      for (const reader of readers) await reader.waitForRows(3);
      // Time is the subject: what spins needs as much of the processor as there is.
      await Bun.sleep(startedAtMs + MEASURED_MS - performance.now());
      expect((await cpuMs(server)) - before).toBeLessThan(MAX_CPU_SHARE * MEASURED_MS);
      expect(refusals()).toHaveLength(1);

      await idle.disposeAsync();
      const isHealthy = () =>
        server.fetch("/healthz").then(
          (response) => response.ok,
          () => false,
        );
      await until(isHealthy, "an answer");
      expect(server.log.filter((line) => line.message === "accepting connections again")).toHaveLength(1);
      await writer.insert(2);
      readers.push(stack.use(await server.follow("?lastEventId=0")));
      for (const reader of readers) await reader.waitForRows(5);
      expect(readers.map((reader) => reader.ids)).toEqual(readers.map(() => ["1", "2", "3", "4", "5"]));
      // The streams of the server that listened before end as cleanly as the others.
      expect(await server.stop()).toBe(0);
      for (const reader of readers) {
        await reader.waitForEnd();
        expect(reader.parseErrors).toEqual([]);
      }
    });

    test("a limit under which nothing works is one line", async () => {
      const { stderr, status } = await runToEnd(["--port", "0", "/none.db"], underLimit(30));
      expect(stderr).toMatch(
        /^tailboard: can't serve a stream: only 30 files may be open; [^\n]+ulimit[^\n]+\n$/,
      );
      expect(status).toBe(1);
    });
  },
);

/** How the server starts and ends where its surroundings are odd: signals, folders, disks, standard output. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { constants, existsSync, readdirSync, symlinkSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";

import { createDatabase } from "../src/db/sqlite/create.ts";
import { Scratch } from "./support/scratch.ts";
import { runToEnd, Server } from "./support/server.ts";
import { describeWhere } from "./support/tools.ts";
import { TEST_TIMEOUT_MS, until } from "./support/until.ts";
import { Writer } from "./support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const ROOT = join(import.meta.dir, "..");
const SERVER = join(ROOT, "src/server.ts");
const isLinux = process.platform === "linux";

/** Runs a script of bash in which `$@` is the server with its options, to its end. */
async function bash(script: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = Bun.spawn(["bash", "-c", script, "bash", process.execPath, SERVER, ...args], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { PATH: process.env["PATH"], ...env },
  });
  const [stdout, stderr, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { stdout, stderr, status };
}

/** What every failure at the start has to be. */
function expectOneLine({ stderr, status }: { stderr: string; status: number }, exitStatus: number): void {
  expect(stderr).toMatch(/^tailboard: [^\n]+\n$/);
  expect(status).toBe(exitStatus);
}

describe("a signal that was ignored at the start stays ignored", () => {
  const start = async (scratch: Scratch, trap: string) => {
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    return await Server.start([path], { under: ["bash", "-c", `${trap} exec "$@"`, "bash"] });
  };

  test.skipIf(!isLinux).each(["SIGHUP", "SIGINT", "SIGTERM"] as const)("%s", async (signal) => {
    using scratch = new Scratch();
    await using server = await start(scratch, `trap "" ${signal};`);
    for (let time = 1; time <= 3; time++) server.process.kill(signal);
    // One that is not ignored, sent afterwards, is the one that ends it.
    const other = signal === "SIGTERM" ? "SIGINT" : "SIGTERM";
    expect(await server.stop(other)).toBe(0);
    await until(() => server.log.some((line) => line.message === "stopping"), "the last line");
    expect(server.log.filter((line) => line.message === "stopping")).toEqual([
      expect.objectContaining({ signal: other }),
    ]);
  });

  test("SIGHUP ends the server where it was not", async () => {
    using scratch = new Scratch();
    await using server = await start(scratch, "");
    expect(await server.stop("SIGHUP")).toBe(0);
  });
});

test("a HOST of conda is a warning, and the server listens", async () => {
  using scratch = new Scratch();
  await using server = await Server.start([scratch.path("none.db")], {
    under: ["env", "HOST=x86_64-conda-linux-gnu"],
  });
  expect(server.log).toContainEqual(
    expect.objectContaining({ level: "warn", message: expect.stringContaining("TAILBOARD_HOST") }),
  );
});

describe("--demo", () => {
  const demoUnder = (scratch: Scratch) => ({ under: ["env", `TMPDIR=${scratch.directory}`] });
  const entries = (scratch: Scratch) => readdirSync(scratch.directory);

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "leaves nothing behind after a %s as soon as its folder is there",
    async (signal) => {
      using scratch = new Scratch();
      const child = Bun.spawn([process.execPath, SERVER, "--demo", "--port", "0"], {
        stdin: "ignore",
        stdout: "ignore",
        stderr: "pipe",
        env: { PATH: process.env["PATH"], TMPDIR: scratch.directory },
      });
      while (entries(scratch).length === 0 && child.exitCode === null) await Bun.sleep(0);
      child.kill(signal);
      await child.exited;
      expect(entries(scratch)).toEqual([]);
      expect(await new Response(child.stderr).text()).toBe("");
      expect(child.exitCode).toBe(0);
    },
  );

  test("leaves nothing behind where the port is taken", async () => {
    using scratch = new Scratch();
    using taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
    const args = ["--demo", "--port", String(taken.port)];
    const result = await runToEnd(args, { env: { TMPDIR: scratch.directory } });
    expectOneLine(result, 1);
    expect(entries(scratch)).toEqual([]);
  });

  test("leaves nothing behind when the server is killed", async () => {
    using scratch = new Scratch();
    await using server = await Server.start(["--demo"], demoUnder(scratch));
    expect(entries(scratch)).toHaveLength(1);
    await server.stop("SIGKILL");
    await until(() => entries(scratch).length === 0, "the writer to clean up");
  });

  test.skipIf(!isLinux)("says so in one line when its writer dies, and goes on", async () => {
    using scratch = new Scratch();
    await using server = await Server.start(["--demo"], demoUnder(scratch));
    const [pid] = (await Bun.file(`/proc/${server.process.pid}/task/${server.process.pid}/children`).text())
      .trim()
      .split(" ");
    process.kill(Number(pid), "SIGKILL");
    await until(() => server.log.some((line) => line.message.includes("demo")), "the line");
    expect(server.log.filter((line) => line.message.includes("demo"))).toEqual([
      expect.objectContaining({ level: "warn", signal: "SIGKILL", hint: expect.any(String) }),
    ]);
    expect((await server.fetch("/healthz")).status).toBe(200);
    expect(await server.stop()).toBe(0);
    expect(entries(scratch)).toEqual([]);
  });

  test.each(["/nowhere", "/dev/null"])("TMPDIR=%s is one line", async (directory) => {
    const result = await runToEnd(["--demo", "--port", "0"], { env: { TMPDIR: directory } });
    expectOneLine(result, 1);
    expect(result.stderr).toContain(directory);
    expect(result.stderr).toContain("TMPDIR");
  });
});

describe("whatever goes wrong at the start is one line", () => {
  test("a port that only root may take", async () => {
    const asNobody = "exec setpriv --reuid 65534 --regid 65534 --clear-groups";
    const isPossible = isLinux && process.getuid?.() === 0 && Bun.which("setpriv") !== null;
    // Where the machine lets everybody take it, the server would not end by itself.
    const result = await bash(isPossible ? `${asNobody} timeout 5 "$@"` : 'exec timeout 5 "$@"', [
      "/none.db",
      "--port",
      "1",
    ]);
    if (result.status === 124 || !isPossible) return;
    expectOneLine(result, 1);
    expect(result.stderr).toContain("1024");
  });

  test("a part of the dashboard that is missing", async () => {
    using scratch = new Scratch();
    await cp(join(ROOT, "src"), scratch.path("src"), { recursive: true });
    await cp(join(ROOT, "package.json"), scratch.path("package.json"));
    symlinkSync(join(ROOT, "node_modules"), scratch.path("node_modules"));
    await rm(scratch.path("src/web/state.ts"));
    const result = await bash(`exec "$1" ${scratch.path("src/server.ts")} --demo --port 0`, []);
    expectOneLine(result, 1);
    expect(result.stderr).toContain("npm install");
  });

  test("control characters of an argument or a variable are spelt out", async () => {
    for (const result of [
      await runToEnd(["--\u009b31m\u007f\u202e\n"]),
      await runToEnd([], { env: { TAILBOARD_HOST: "\u009b31m\u007f\u202e" } }),
    ]) {
      expectOneLine(result, 2);
      expect(result.stderr).toContain("\\u009b31m\\u007f\\u202e");
    }
  });

  test("a full disk under --help", async () => {
    if (!existsSync("/dev/full")) return;
    expectOneLine(await bash('exec "$@" > /dev/full', ["--help"]), 1);
    expect(await bash('"$@" | true; exit ${PIPESTATUS[0]}', ["--help"])).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  test("a default database where nobody may write", async () => {
    const result = await bash('cd /proc && exec "$@"', ["--port", "0"]);
    expectOneLine(result, 1);
    expect(result.stderr).toContain("/proc/events.db");
  });

  test("a database that can't be created because its directory is missing", async () => {
    using scratch = new Scratch();
    const result = await runToEnd([scratch.path("no/such/events.db"), "--create", "--port", "0"]);
    expectOneLine(result, 1);
  });
});

describe("a working directory that was removed", () => {
  const gone = 'mkdir "$GONE" && cd "$GONE" && rmdir "$GONE" && exec';

  test.each(["", "given.db", "given.db --create"])("is refused with %j", async (words) => {
    const args = words.split(" ").filter((word) => word !== "");
    using scratch = new Scratch();
    const result = await bash(`${gone} timeout 10 "$@"`, [...args, "--port", "0"], {
      GONE: scratch.path("gone"),
    });
    expectOneLine(result, 1);
    expect(result.stderr).toContain("working directory");
    expect(await Bun.file(join(process.execPath, "../events.db")).exists()).toBe(false);
  });

  test("does not matter to an absolute path", async () => {
    using scratch = new Scratch();
    createDatabase(scratch.path("events.db"), "events");
    await using server = await Server.start([scratch.path("events.db")], {
      under: ["env", `GONE=${scratch.path("gone")}`, "bash", "-c", `${gone} "$@"`, "bash"],
    });
    expect((await server.fetch("/readyz")).status).toBe(200);
  });
});

test("--open without a browser is a line of the logger", async () => {
  using scratch = new Scratch();
  await using server = await Server.start(["--open", scratch.path("none.db")], {
    under: ["env", `PATH=${scratch.directory}`],
  });
  await until(() => server.log.some((line) => line.message.includes("browser")), "the line");

  await Bun.write(scratch.path("xdg-open"), "#!/bin/sh\nexit 3\n");
  expect(await Bun.spawn(["chmod", "+x", scratch.path("xdg-open")]).exited).toBe(0);
  await using other = await Server.start(["--open", scratch.path("none.db")], {
    under: ["env", `PATH=${scratch.directory}`],
  });
  await until(() => other.log.some((line) => line.message.includes("browser")), "the line");
});

/** A file system of its own, as only root of a user namespace may mount it. */
const canMount = Bun.which("unshare") !== null && Bun.spawnSync(["unshare", "-Urm", "true"]).exitCode === 0;

describeWhere(canMount, "The tests of a full disk need `unshare -Urm` (Linux).")("a full disk", () => {
  /** Runs a script in a folder that has so many KiB left. The file `filler` takes the others. */
  const onSmallDisk = async (freeKiB: number, script: string, args: readonly string[], env = {}) => {
    using scratch = new Scratch();
    return await bash(
      `exec unshare -Urm bash -c '
         mount -t tmpfs -o size=128k tailboard "$DIRECTORY" && cd "$DIRECTORY" || exit 99
         dd if=/dev/zero of=filler bs=1k count=${128 - freeKiB} 2>/dev/null
         ${script}' bash "$@"`,
      args,
      { DIRECTORY: scratch.directory, ...env },
    );
  };

  test.each(["--create events.db", ""])("is one line with %j, and nothing stays", async (words) => {
    const args = words.split(" ").filter((word) => word !== "");
    const run = '"$@"; status=$?; ls -A; exit $status';
    const result = await onSmallDisk(0, run, [...args, "--port", "0"]);
    expectOneLine(result, 1);
    expect(result.stdout).toBe("filler\n");
    expect(result.stderr).toContain("full");
  });

  // Enough for nothing, for the file alone, for the file and a part of its companions, for all.
  test.each([0, 4, 8, 12, 16, 20, 24, 28, 32, 64, 96])(
    "with %d KiB free a database is created whole, or nothing of it stays",
    async (freeKiB) => {
      const create = `import { createDatabase } from "${ROOT}/src/db/sqlite/create.ts";
        try { createDatabase("events.db", "events"); console.log("created"); } catch { console.log("failed"); }`;
      const { stdout, stderr } = await onSmallDisk(freeKiB, '"$1" -e "$CREATE"; ls -A', [], {
        CREATE: create,
      });
      expect(stderr).toBe("");
      if (freeKiB === 0) expect(stdout).toStartWith("failed");
      if (freeKiB === 96) expect(stdout).toStartWith("created");
      expect(["failed\nfiller\n", "created\nevents.db\nfiller\n"]).toContain(stdout);
    },
  );
});

describe.skipIf(!isLinux)("a standard output that nobody reads", () => {
  test("does not keep the server from answering; the lines come when it is read", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    await using writer = new Writer(path);
    const port = freePort();
    const fifo = scratch.path("fifo");
    // The pipe is full before the server writes its first line, and stays so: the shell holds both of its ends.
    const child = Bun.spawn(
      [
        "bash",
        "-c",
        `mkfifo ${fifo} && exec 9<>${fifo} && dd if=/dev/zero of=${fifo} bs=4096 count=1000 oflag=nonblock 2>/dev/null; exec "$@" >&9`,
        "bash",
        process.execPath,
        SERVER,
        path,
        "--port",
        String(port),
      ],
      { stdin: "ignore", stdout: "ignore", stderr: "inherit", env: { PATH: process.env["PATH"] } },
    );
    try {
      const isHealthy = () =>
        fetch(`http://127.0.0.1:${port}/healthz`).then(
          (response) => response.ok,
          () => false,
        );
      await until(isHealthy, "an answer");
      // Other programs may write to the same pipe: it must not become nonblocking for them.
      const flags = /^flags:\s*(\d+)/m.exec(await Bun.file(`/proc/${child.pid}/fdinfo/1`).text())?.[1];
      expect(Number.parseInt(flags ?? "", 8) & constants.O_NONBLOCK).toBe(0);
      await writer.insert(1);
      for (let time = 1; time <= 20; time++) {
        const headers = { "Last-Event-ID": `odd ${time}` };
        await (await fetch(`http://127.0.0.1:${port}/api/events/stream`, { headers })).body?.cancel();
      }
      expect(await isHealthy()).toBe(true);
      // Flushing has a deadline: the server ends although nobody reads.
      child.kill("SIGTERM");
      expect(await child.exited).toBe(0);
    } finally {
      child.kill("SIGKILL");
    }
  });

  test("that is closed, or full, costs the lines alone, and is said once", async () => {
    using scratch = new Scratch();
    const path = scratch.path("events.db");
    createDatabase(path, "events");
    for (const redirection of ["| true", "> /dev/full"]) {
      const port = freePort();
      const child = Bun.spawn(
        [
          "bash",
          "-c",
          `set -o pipefail; "$@" ${redirection}`,
          "bash",
          process.execPath,
          SERVER,
          path,
          "--port",
          String(port),
        ],
        { stdin: "ignore", stdout: "ignore", stderr: "pipe", env: { PATH: process.env["PATH"] } },
      );
      const stderr = new Response(child.stderr).text();
      await until(
        () =>
          fetch(`http://127.0.0.1:${port}/healthz`).then(
            (response) => response.ok,
            () => false,
          ),
        "an answer",
      );
      const [server = ""] = (await Bun.file(`/proc/${child.pid}/task/${child.pid}/children`).text()).split(
        " ",
      );
      process.kill(Number(server === "" ? child.pid : server), "SIGTERM");
      expect(await child.exited).toBe(0);
      expect(await stderr).toMatch(/^tailboard: standard output [^\n]+\n$/);
    }
  });
});

/** A port that was free just now. */
function freePort(): number {
  using listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  return listener.port;
}

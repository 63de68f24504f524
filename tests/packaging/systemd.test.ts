/** The unit for systemd: it is right, its sandbox is tight, and a binary inside of what it allows follows a database. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, chownSync } from "node:fs";
import { join } from "node:path";

import { createDatabase } from "../../src/db/sqlite/create.ts";
import { buildBinary } from "../support/binary.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { describeWhere, findProgram, installPackage, isRoot } from "../support/tools.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";
import { Writer } from "../support/writer.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const UNIT = join(import.meta.dir, "../../packaging/tailboard.service");
const unit = await Bun.file(UNIT).text();

/** Tenths, as --threshold takes them: what systemd calls OK ends at 49, and an ordinary service has 96. */
const MAX_EXPOSURE = 15;

/** Any user but root. */
const NOBODY = 65_534;
const AS_NOBODY = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
const WITHOUT_PRIVILEGES = [...AS_NOBODY, "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"];

/** The values of a directive, in their order. */
const valuesOf = (directive: string): string[] =>
  [...unit.matchAll(new RegExp(`^${directive}=(.*)$`, "gm"))].map(([, value = ""]) => value);

const isLinux = process.platform === "linux";
const analyze = isLinux
  ? (Bun.which("systemd-analyze") ??
    ((await installPackage("systemd")) ? Bun.which("systemd-analyze") : null))
  : null;

async function run(command: readonly string[]): Promise<{ status: number; output: string }> {
  const child = Bun.spawn([...command], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, complaint] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { status: await child.exited, output: out + complaint };
}

describeWhere(
  analyze !== null,
  "No systemd-analyze for the tests of the unit: on Debian and Ubuntu, `sudo apt-get install systemd`.",
)("the unit", () => {
  test("is right in the eyes of systemd", async () => {
    using scratch = new Scratch();
    // What it starts has to exist, and is not installed here.
    const path = scratch.path("tailboard.service");
    await Bun.write(path, unit.replace("/usr/local/bin/tailboard", process.execPath));
    expect(await run([analyze ?? "", "verify", "--man=no", path])).toEqual({ status: 0, output: "" });
  });

  test(`leaves less open than ${MAX_EXPOSURE / 10} of 10`, async () => {
    const { status, output } = await run([
      analyze ?? "",
      "security",
      "--no-pager",
      "--offline=true",
      `--threshold=${MAX_EXPOSURE}`,
      UNIT,
    ]);
    expect([status, status === 0 ? "" : output]).toEqual([0, ""]);
  });
});

/** The system calls that the unit allows: groups of systemd, of which some are taken away again. */
async function allowedCalls(): Promise<Set<string>> {
  const groups = new Map<string, string[]>();
  let members: string[] = [];
  for (const line of (await run([analyze ?? "", "syscall-filter", "--no-pager"])).output.split("\n")) {
    if (line.startsWith("@")) groups.set(line.trim(), (members = []));
    else if (/^ +[\w@]/.test(line)) members.push(line.trim());
  }
  const callsOf = (name: string): string[] =>
    (groups.get(name) ?? []).flatMap((member) => (member.startsWith("@") ? callsOf(member) : [member]));
  const allowed = new Set<string>();
  for (const value of valuesOf("SystemCallFilter")) {
    const isTaken = value.startsWith("~");
    for (const call of value.replace("~", "").split(" ").flatMap(callsOf)) {
      if (isTaken) allowed.delete(call);
      else allowed.add(call);
    }
  }
  for (const call of callsOf("@default")) allowed.add(call);
  return allowed;
}

const strace = isLinux && isRoot ? await findProgram("strace") : undefined;
const canMount =
  isLinux &&
  isRoot &&
  (await Bun.spawn(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).exited) === 0;

describeWhere(
  canMount && strace !== undefined && analyze !== null,
  "No mounts, no strace or no systemd-analyze on this machine: no test of what the unit allows",
)("inside of what the unit allows, a binary", () => {
  /** A directory that the user of the service owns, with a database in WAL mode and the binary. */
  async function prepare(): Promise<Scratch> {
    const scratch = new Scratch();
    await buildBinary(scratch.path("tailboard"));
    createDatabase(scratch.path("events.db"), "events");
    for (const path of [scratch.directory, scratch.path("events.db")]) chownSync(path, NOBODY, NOBODY);
    chmodSync(scratch.directory, 0o755);
    return scratch;
  }

  /** Follows, lists, exports and ends. */
  async function use(server: Server, scratch: Scratch): Promise<void> {
    await using stream = await server.follow();
    await using writer = new Writer(scratch.path("events.db"), 5000, AS_NOBODY);
    await writer.insert(3);
    await stream.waitForRows(3);
    expect(await server.json("/api/events?q=another")).toMatchObject({ count: 3 });
    expect((await server.fetch("/api/events/export")).status).toBe(200);
    expect((await server.fetch("/")).status).toBe(200);
    expect(await server.json("/api/status")).toMatchObject({
      state: "tailing",
      database: { journalMode: "wal" },
    });
  }

  test("follows a database where only its directory can be written to", async () => {
    expect(valuesOf("ProtectSystem")).toEqual(["strict"]);
    expect(valuesOf("ReadWritePaths")).toEqual(["/var/lib/app"]);
    using scratch = await prepare();
    const script = `mount --bind "$1" "$1"; mount -o remount,bind,ro /
for home in /home /root; do mount -t tmpfs -o ro none "$home"; done
shift; exec "$@"`;
    await using server = await Server.start([scratch.path("events.db")], {
      program: [scratch.path("tailboard")],
      under: ["unshare", "--mount", "sh", "-ec", script, "sh", scratch.directory, ...WITHOUT_PRIVILEGES],
      cwd: "/",
    });
    await use(server, scratch);
    expect(server.log.filter(({ level }) => level !== "info")).toEqual([]);
    expect(await server.stop()).toBe(0);
  });

  test("makes no system call that the filter refuses", async () => {
    using scratch = await prepare();
    const trace = scratch.path("trace");
    await using server = await Server.start([scratch.path("events.db")], {
      program: [scratch.path("tailboard")],
      under: [...WITHOUT_PRIVILEGES, strace ?? "", "-f", "-qq", "-I2", "-o", trace],
      cwd: "/",
    });
    await use(server, scratch);
    await server.stop("SIGINT");
    const made = (await Bun.file(trace).text()).matchAll(/^\d+ +(\w+)\(/gm);
    const calls = new Set([...made].map(([, name = ""]) => name));
    expect(calls.size).toBeGreaterThan(30);
    const allowed = await allowedCalls();
    expect(allowed.size).toBeGreaterThan(200);
    expect([...calls].filter((call) => !allowed.has(call))).toEqual([]);
  });
});

import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { LogFiles } from "../../../src/db/sqlite/log-files.ts";
import { findObstacle } from "../../../src/db/sqlite/surroundings.ts";
import { Scratch } from "../../support/scratch.ts";

const SOURCE = join(import.meta.dir, "../../../src/db/sqlite/surroundings.ts");

describe("what keeps SQLite from opening a file", () => {
  test("nothing, on a good day", () => {
    using scratch = new Scratch();
    expect(findObstacle(scratch.path("a.db"))).toBeUndefined();
  });

  test.skipIf(process.platform === "win32")("no file may be opened any more", () => {
    const script = `import { openSync } from "node:fs";
      import { findObstacle } from ${JSON.stringify(SOURCE)};
      try { for (;;) openSync("/dev/null", "r"); } catch {}
      console.log(findObstacle("/tmp/a.db"));`;
    using scratch = new Scratch();
    writeFileSync(scratch.path("full.ts"), script);
    const command = `ulimit -n 64; exec "$0" "$1"`;
    const { stdout } = Bun.spawnSync(["sh", "-c", command, process.execPath, scratch.path("full.ts")]);
    expect(stdout.toString().trim()).toBe("too-many-open-files");
  });
});

describe("the time of the last write to the file", () => {
  test.skipIf(process.platform !== "linux")("is told apart by the nanosecond", () => {
    using scratch = new Scratch();
    const path = scratch.path("a.db");
    const lastWriteAt = (time: string): string => {
      expect(Bun.spawnSync(["touch", "-d", `2020-01-01 00:00:00.${time}`, path]).exitCode).toBe(0);
      return new LogFiles(path, path, "").lastWrite();
    };
    const before = lastWriteAt("000000001");
    expect(lastWriteAt("000000002")).not.toBe(before);
    expect(lastWriteAt("000000001")).toBe(before);
  });
});

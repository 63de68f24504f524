/** The lock file serves every platform, and an install leaves the checkout as it was. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";

interface Lock {
  readonly packages: Readonly<
    Record<
      string,
      { readonly optionalDependencies?: Readonly<Record<string, string>>; readonly resolved?: string }
    >
  >;
}

const ROOT = join(import.meta.dir, "..");
const lock: Lock = await Bun.file(join(ROOT, "package-lock.json")).json();

describe("package-lock.json", () => {
  // npm installs for the platform that it runs on: what the lock does not name is added, and the checkout differs.
  test.each(["oxlint", "oxlint-tsgolint", "bun"])("names the packages of %s for every platform", (name) => {
    const optional = Object.keys(lock.packages[`node_modules/${name}`]?.optionalDependencies ?? {});
    for (const platform of ["linux", "darwin", /win32|windows/])
      expect(optional.filter((candidate) => candidate.match(platform))).not.toEqual([]);
    expect(optional.filter((candidate) => lock.packages[`node_modules/${candidate}`] === undefined)).toEqual(
      [],
    );
  });

  test("names no registry: the machine that installs knows its own", async () => {
    expect(Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
    // Without this setting npm would add the addresses at the next install.
    expect(await Bun.file(join(ROOT, ".npmrc")).text()).toContain("omit-lockfile-registry-resolved=true");
  });
});

/** A registry for npm and Bun on the loopback: what is in node_modules, and a package of ours. No network is needed. */
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import type { Scratch } from "./scratch.ts";

const MODULES = join(import.meta.dir, "../../node_modules");

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin?: unknown;
}

interface Package {
  readonly manifest: Manifest;
  readonly tarball: string;
}

/** An install of Bun moves its binary from the package of the platform into its own: this is how they were before. */
const PLACEHOLDER = "#!/bin/sh\necho 'a placeholder, which no script has replaced' >&2\nexit 1\n";

export class Registry implements AsyncDisposable {
  readonly #scratch: Scratch;
  readonly #packages = new Map<string, Package>();
  readonly #server: Bun.Server<undefined>;

  /** @param scratch where the packages are made */
  constructor(scratch: Scratch) {
    this.#scratch = scratch;
    this.#server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => this.#answer(request) });
  }

  get url(): string {
    return this.#server.url.href;
  }

  /** Adds a package that is packed already. @param tarball its path */
  async add(tarball: string): Promise<void> {
    const directory = this.#scratch.path(`unpacked-${this.#packages.size}`);
    mkdirSync(directory);
    await run(["tar", "-xzf", tarball, "-C", directory, "package/package.json"]);
    const manifest: Manifest = await Bun.file(join(directory, "package/package.json")).json();
    this.#packages.set(manifest.name, { manifest, tarball });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const path = decodeURIComponent(new URL(request.url).pathname).slice(1);
    const isTarball = path.endsWith(".tgz");
    const name = path.replace(/\/-\/.*$/, "");
    const found = await this.#find(name);
    // A package for another platform: it is optional, and is left out.
    if (found === undefined) return Response.json({ error: "not found" }, { status: 404 });
    if (isTarball) return new Response(Bun.file(found.tarball));
    const { manifest } = found;
    const dist = { tarball: `${this.url}${name}/-/${manifest.version}.tgz` };
    return Response.json({
      name,
      "dist-tags": { latest: manifest.version },
      versions: { [manifest.version]: { ...manifest, dist } },
    });
  }

  async #find(name: string): Promise<Package | undefined> {
    const known = this.#packages.get(name);
    if (known !== undefined) return known;
    const source = join(MODULES, name);
    if (!/^(@[\w-]+\/)?[\w.-]+$/.test(name) || !existsSync(join(source, "package.json"))) return undefined;
    const manifest: Manifest = await Bun.file(join(source, "package.json")).json();
    const directory = this.#scratch.path(`pack-${name.replace("/", "-")}`);
    const copy = join(directory, "package");
    if (name === "bun") await this.#placeholders(source, copy);
    else if (name.startsWith("@oven/bun-")) platformBun(source, copy);
    else cpSync(source, copy, { recursive: true, filter: (path) => !path.endsWith("/node_modules") });
    const tarball = `${directory}.tgz`;
    await run(["tar", "--use-compress-program=gzip -1", "-cf", tarball, "-C", directory, "package"]);
    const made = { manifest, tarball };
    this.#packages.set(name, made);
    return made;
  }

  async #placeholders(source: string, copy: string): Promise<void> {
    for (const name of ["package.json", "install.js"])
      await Bun.write(join(copy, name), Bun.file(join(source, name)));
    for (const name of ["bun.exe", "bunx.exe"]) await Bun.write(join(copy, "bin", name), PLACEHOLDER);
    await run(["chmod", "-R", "a+x", join(copy, "bin")]);
  }
}

function platformBun(source: string, copy: string): void {
  mkdirSync(join(copy, "bin"), { recursive: true });
  cpSync(join(source, "package.json"), join(copy, "package.json"));
  cpSync(process.execPath, join(copy, "bin/bun"));
}

/** @throws Error with what it said */
async function run(command: readonly string[]): Promise<void> {
  const child = Bun.spawn([...command], { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const complaint = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`${command[0]}: ${complaint}`);
}

/** A single binary for this machine, built by the script of the project. */
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/** @throws Error with what the script said */
export async function buildBinary(outfile: string): Promise<void> {
  const build = Bun.spawn([process.execPath, "scripts/build.ts", "--outfile", outfile], {
    cwd: ROOT,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  const complaint = await new Response(build.stderr).text();
  if ((await build.exited) !== 0 || complaint !== "") throw new Error(`scripts/build.ts: ${complaint}`);
}

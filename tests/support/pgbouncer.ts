/** A PgBouncer of a test's own, in transaction mode, before a server that trusts everybody. */
import { rmSync } from "node:fs";
import { join } from "node:path";

import { asServer, freePort, newDirectory } from "./postgres.ts";
import { until } from "./until.ts";

export class PgBouncer implements AsyncDisposable {
  readonly port: number;
  readonly #child: Bun.Subprocess;
  readonly #directory: string;

  private constructor(port: number, child: Bun.Subprocess, directory: string) {
    this.port = port;
    this.#child = child;
    this.#directory = directory;
  }

  /** @param targetPort of the server, on loopback */
  static async start(program: string, targetPort: number): Promise<PgBouncer> {
    const directory = await newDirectory();
    const port = await freePort();
    const settings = join(directory, "pgbouncer.ini");
    const users = join(directory, "users.txt");
    await Bun.write(users, '"postgres" ""\n');
    await Bun.write(
      settings,
      `[databases]
* = host=127.0.0.1 port=${targetPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
`,
    );
    const child = Bun.spawn([...asServer(), program, settings], {
      cwd: "/",
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    const pooler = new PgBouncer(port, child, directory);
    await until(async () => {
      const sql = new Bun.SQL(`postgres://postgres@127.0.0.1:${port}/postgres`, { max: 1, prepare: false });
      try {
        await sql.unsafe("SELECT 1");
        return true;
      } catch {
        return false;
      } finally {
        await sql.close({ timeout: 0 });
      }
    }, "PgBouncer to answer");
    return pooler;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** A PostgreSQL server of a test's own: on a free port of loopback, in a directory that goes with it. */
import { existsSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { chmod, chown, readFile, rename } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { installPackage, isRoot } from "./tools.ts";

/** What to do where there is no PostgreSQL, and none can be had. */
export const NO_POSTGRES =
  "No PostgreSQL for the tests of following a table of it: install it (on Debian and Ubuntu: " +
  "`sudo apt-get install postgresql`), or set TAILBOARD_POSTGRES_BIN to the directory of initdb and postgres.";

/** Debian keeps the programs of each version here, outside of PATH. */
const DEBIAN_DIRECTORY = "/usr/lib/postgresql";

/** Of the programs. */
const NEEDED = ["initdb", "postgres", "pg_ctl", "pg_basebackup"];

/** Who runs the server where the tests are root: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

/** A server that does not answer by then never will. */
const START_TIMEOUT_S = 60;

/** Its role of the superuser. */
const SUPERUSER = "postgres";

const INITDB_OPTIONS = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];

/** As a test wants them fast: nothing here has to outlive a machine that loses its power. */
const SETTINGS = [
  "fsync = off",
  "full_page_writes = off",
  "listen_addresses = '127.0.0.1'",
  "unix_socket_directories = ''",
  "shared_buffers = 16MB",
  "max_connections = 60",
  "max_prepared_transactions = 10",
  "max_wal_size = 128MB",
  "wal_keep_size = 64MB",
  "autovacuum = off",
];

export interface PostgresOptions {
  /** Lines for postgresql.conf, such as `idle_session_timeout = '1s'`. */
  readonly settings?: readonly string[];
  /** Lines of pg_hba.conf, in the place of one that trusts everybody on loopback. */
  readonly access?: readonly string[];
}

/** How `pg_ctl` ends a server: see its manual. */
export type StopMode = "smart" | "fast" | "immediate";

export class Postgres implements AsyncDisposable {
  readonly directory: string;
  readonly port: number;
  /** A connection of the superuser to the database `postgres`. It connects again by itself. */
  readonly sql: Bun.SQL;
  readonly #programs: string;
  #databases = 0;

  private constructor(programs: string, directory: string, port: number) {
    this.#programs = programs;
    this.directory = directory;
    this.port = port;
    this.sql = new Bun.SQL(this.url(), { max: 4 });
  }

  /**
   * A server with an empty cluster, ended and removed when it is disposed.
   * @throws Error where PostgreSQL is missing or does not start; with what it said
   */
  static async start(options: PostgresOptions = {}): Promise<Postgres> {
    const programs = await postgresPrograms();
    if (programs === undefined) throw new Error(NO_POSTGRES);
    const directory = await newDirectory();
    try {
      await run(["cp", "-a", await template(programs), join(directory, "data")]);
      return await Postgres.#startIn(programs, directory, options);
    } catch (error) {
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
  }

  static async #startIn(programs: string, directory: string, options: PostgresOptions): Promise<Postgres> {
    const postgres = new Postgres(programs, directory, await freePort());
    const settings = [...SETTINGS, `port = ${postgres.port}`, ...(options.settings ?? [])];
    await appendAsServer(join(directory, "data", "postgresql.conf"), settings);
    const trust = ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"];
    await Bun.write(join(directory, "data", "pg_hba.conf"), `${(options.access ?? trust).join("\n")}\n`);
    await postgres.#control("start");
    return postgres;
  }

  /** Of the process that all others of the server are children of. */
  get pid(): number {
    return Number(readFileSync(join(this.directory, "data", "postmaster.pid"), "utf8").split("\n")[0]);
  }

  /** A URL for a database and a role, both `postgres` where they are left out. */
  url(database = "postgres", role = SUPERUSER, password?: string): string {
    const credentials = password === undefined ? role : `${role}:${encodeURIComponent(password)}`;
    return `postgres://${credentials}@127.0.0.1:${this.port}/${database}`;
  }

  /** A connection pool to one of its databases, for the test to close. */
  connect(database: string, role = SUPERUSER): Bun.SQL {
    return new Bun.SQL(this.url(database, role), { max: 10 });
  }

  /** @returns the name of an empty database */
  async createDatabase(): Promise<string> {
    this.#databases += 1;
    const name = `test_${this.#databases}`;
    await this.sql.unsafe(`CREATE DATABASE ${name} TEMPLATE template0`);
    return name;
  }

  /** Ends it as `stop` does, and starts it again. */
  async restart(mode: StopMode = "fast"): Promise<void> {
    await this.stop(mode);
    await this.#control("start");
  }

  async stop(mode: StopMode = "fast"): Promise<void> {
    await this.#control("stop", "-m", mode);
  }

  async begin(): Promise<void> {
    await this.#control("start");
  }

  /** Adds lines to postgresql.conf, and lets the server read it again. */
  async set(...settings: readonly string[]): Promise<void> {
    await appendAsServer(join(this.directory, "data", "postgresql.conf"), settings);
    await this.#control("reload");
  }

  /** A hot standby that follows this server by streaming replication, until it is promoted. */
  async standby(options: PostgresOptions = {}): Promise<Postgres> {
    const directory = await newDirectory();
    try {
      const data = join(directory, "data");
      const from = [
        "-d",
        this.url("postgres"),
        "-D",
        data,
        "-R",
        "-X",
        "stream",
        "--checkpoint=fast",
        "--no-sync",
      ];
      await run([...asServer(), join(this.#programs, "pg_basebackup"), ...from]);
      return await Postgres.#startIn(this.#programs, directory, options);
    } catch (error) {
      rmSync(directory, { recursive: true, force: true });
      throw error;
    }
  }

  /** Makes a primary of a standby. */
  async promote(): Promise<void> {
    await this.#control("promote");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sql.close({ timeout: 0 });
    if (existsSync(join(this.directory, "data", "postmaster.pid"))) await this.stop("immediate");
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #control(command: string, ...options: string[]): Promise<void> {
    const log = join(this.directory, "log");
    const to = ["-D", join(this.directory, "data"), "-l", log, "-s", "-w", "-t", String(START_TIMEOUT_S)];
    try {
      await run([...asServer(), join(this.#programs, "pg_ctl"), command, ...to, ...options]);
    } catch (error) {
      const said = existsSync(log) ? await Bun.file(log).text() : "";
      throw new Error(`pg_ctl ${command} failed: ${said.slice(-2_000)}`, { cause: error });
    }
  }
}

/** The directory of the programs; installs them where that takes no one's decision. */
export async function postgresPrograms(): Promise<string | undefined> {
  return installed() ?? ((await installPackage("postgresql")) ? installed() : undefined);
}

function installed(): string | undefined {
  const named = process.env["TAILBOARD_POSTGRES_BIN"];
  if (named !== undefined && named !== "") return named;
  const versions = existsSync(DEBIAN_DIRECTORY) ? readdirSync(DEBIAN_DIRECTORY) : [];
  const directories = versions
    .toSorted((left, right) => Number(right) - Number(left))
    .map((version) => join(DEBIAN_DIRECTORY, version, "bin"));
  const inPath = Bun.which("initdb");
  // A link to one of them does not have the others beside it.
  if (inPath !== null) directories.push(dirname(realpathSync(inPath)));
  return directories.find((directory) => NEEDED.every((name) => existsSync(join(directory, name))));
}

/**
 * A cluster as `initdb` leaves it, which takes seconds: made once on a machine for each version, and copied for
 * each server.
 */
async function template(programs: string): Promise<string> {
  const version = (await run([join(programs, "postgres"), "--version"])).trim();
  const key = Bun.hash(`${version}:${programs}:${INITDB_OPTIONS.join(" ")}:${process.getuid?.()}`).toString(
    36,
  );
  const path = join(tmpdir(), `tailboard-tests-postgres-${key}`);
  if (existsSync(path)) return path;
  const directory = await newDirectory();
  const fresh = join(directory, "data");
  await run([...asServer(), join(programs, "initdb"), "-D", fresh, "-U", SUPERUSER, ...INITDB_OPTIONS]);
  try {
    await rename(fresh, path);
  } catch (error) {
    // Another test file was faster.
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return path;
}

/** In which the server, another user than the tests' where those are root, may make files. */
export async function newDirectory(): Promise<string> {
  const directory = join(tmpdir(), `tailboard-postgres-${crypto.randomUUID()}`);
  await run(["mkdir", directory]);
  await chmod(directory, 0o700);
  if (isRoot) await chown(directory, NOBODY, NOBODY);
  return directory;
}

export function asServer(): string[] {
  return isRoot ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"] : [];
}

/** The file stays the server's, which has to read it. */
async function appendAsServer(path: string, lines: readonly string[]): Promise<void> {
  await Bun.write(path, `${await readFile(path, "utf8")}\n${lines.join("\n")}\n`);
}

/** A port that nobody uses; the server is the next who asks for one. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  return address.port;
}

/** @throws Error with what it said, where it fails */
async function run(command: readonly string[]): Promise<string> {
  const child = Bun.spawn([...command], {
    cwd: "/",
    env: { ...process.env, LC_ALL: "C" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [said, complaint, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}: ${complaint}${said}`);
  return said;
}

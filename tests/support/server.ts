/** The real server, as a process of its own. */
import { join } from "node:path";

import { StreamReader } from "./stream-reader.ts";
import { until } from "./until.ts";
import { lines } from "./writer.ts";

export interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

export interface ServerOptions {
  readonly cwd?: string;
  /** A command to run it under. */
  readonly under?: readonly string[];
  /** What is run; `bun src/server.ts` where it is left out. */
  readonly program?: readonly string[];
  /** Variables besides PATH. */
  readonly env?: Readonly<Record<string, string>>;
}

const SERVER = join(import.meta.dir, "../../src/server.ts");

export class Server implements AsyncDisposable {
  readonly log: LogLine[] = [];
  readonly process: Bun.Subprocess<"ignore", "pipe", "inherit">;
  #exited = false;

  private constructor(args: readonly string[], options: ServerOptions) {
    const { cwd, under = [], program = [process.execPath, SERVER], env } = options;
    this.process = Bun.spawn([...under, ...program, "--log-format", "json", ...args], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
      ...(cwd === undefined ? {} : { cwd }),
      // What the surroundings set must not reach the tests.
      env: { PATH: process.env["PATH"], ...env },
    });
    void this.#readLog();
    void this.process.exited.then(() => (this.#exited = true));
  }

  /**
   * Starts `bun src/server.ts` with these arguments and waits until it listens.
   * @param args a free port is taken where they name none
   */
  static async start(args: readonly string[], options: ServerOptions = {}): Promise<Server> {
    const port = args.includes("--port") ? [] : ["--port", "0"];
    const server = new Server([...port, ...args], options);
    await until(
      () => server.#exited || server.log.some((line) => line.message === "listening"),
      "the server to listen",
    );
    if (server.#exited) throw new Error(`the server ended with status ${server.process.exitCode}`);
    return server;
  }

  get url(): string {
    return String(this.log.find((line) => line.message === "listening")?.["url"]);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** @param path below the base path, from a slash on */
  fetch(path: string, init?: BunFetchRequestInit): Promise<Response> {
    const { origin, pathname } = new URL(this.url);
    return fetch(new URL(pathname.slice(0, -1) + path, origin), init);
  }

  /** The body of an answer, as JSON. */
  async json<T>(path: string): Promise<T> {
    const body: T = await (await this.fetch(path)).json();
    return body;
  }

  /** Opens an event stream and waits for its hello. */
  async follow(query = "", headers: Record<string, string> = {}): Promise<StreamReader> {
    const response = await this.fetch(`/api/events/stream${query}`, { headers });
    if (response.status !== 200 || response.body === null)
      throw new Error(`stream: ${response.status} ${await response.text()}`);
    const reader = new StreamReader(response.body);
    await until(() => reader.named("hello").length > 0, "hello");
    return reader;
  }

  /** The value of a metric, with its labels as they are printed. */
  async metric(name: string): Promise<number> {
    const text = await (await this.fetch("/metrics")).text();
    const line = text.split("\n").find((candidate) => candidate.startsWith(`${name} `));
    if (line === undefined) throw new Error(`there is no metric ${name} in:\n${text}`);
    return Number(line.slice(name.length + 1));
  }

  /** Sends a signal and waits for the end. @returns the exit status, null after SIGKILL */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    this.process.kill(signal);
    await this.process.exited;
    return this.process.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#exited) await this.stop("SIGKILL");
  }

  async #readLog(): Promise<void> {
    for await (const line of lines(this.process.stdout)) this.log.push(JSON.parse(line));
  }
}

/** What a server that does not start has to say. */
export async function runToEnd(args: readonly string[], options: Omit<ServerOptions, "program"> = {}) {
  const { cwd, env, under = [] } = options;
  const child = Bun.spawn([...under, process.execPath, SERVER, ...args], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    ...(cwd === undefined ? {} : { cwd }),
    env: { PATH: process.env["PATH"], ...env },
  });
  const [stdout, stderr, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { stdout, stderr, status };
}

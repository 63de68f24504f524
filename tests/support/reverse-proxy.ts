/** nginx, Caddy and HAProxy themselves, with the configurations of docs/operating.md. */
import { join } from "node:path";

import type { Scratch } from "./scratch.ts";
import { findProgram, isRoot } from "./tools.ts";
import { until } from "./until.ts";

export const PROXIES = ["nginx", "caddy", "haproxy"] as const;
export type ProxyName = (typeof PROXIES)[number];

/** Whether the proxy passes the path on as it came, or takes it away. */
export type Placing = "keeps" | "strips";

/** The name in the documentation, for which the certificate is made. */
export const HOST_NAME = "tools.example.com";

/** How long a proxy may take to end by itself. */
const END_DEADLINE_MS = 3000;

const GUIDE = join(import.meta.dir, "../../docs/operating.md");

/** The block of the documentation with this name: ```nginx nginx-keeps */
async function documented(name: string): Promise<string> {
  const text = await Bun.file(GUIDE).text();
  const [, block] = new RegExp(`^\`\`\`\\w+ ${name}\n(.*?)^\`\`\`$`, "ms").exec(text) ?? [];
  if (block === undefined) throw new Error(`docs/operating.md has no block named ${name}`);
  return block;
}

/** Replaces what differs between a machine and a test. @throws Error where the text does not have it */
function replaced(text: string, changes: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [old, other] of Object.entries(changes)) {
    if (!result.includes(old)) throw new Error(`the documented configuration has no ${old}:\n${text}`);
    result = result.replaceAll(old, other);
  }
  return result;
}

interface Setting {
  readonly scratch: Scratch;
  readonly port: number;
  /** Where Tailboard listens, with its port. */
  readonly upstream: string;
  readonly placing: Placing;
  /** Lines of the documented configuration that are left out. */
  readonly without: RegExp | undefined;
}

/** The configuration of each, and the arguments that it is started with. */
const COMMANDS: Readonly<Record<ProxyName, (setting: Setting) => Promise<string[]>>> = {
  async nginx({ scratch, port, upstream, placing, without }) {
    const block = await documented(`nginx-${placing}`);
    const server = replaced(without === undefined ? block : block.replace(without, ""), {
      "listen 443": `listen 127.0.0.1:${port}`,
      "127.0.0.1:3000": upstream,
      "/etc/ssl/tools.pem": scratch.path("tools.pem"),
      "/etc/ssl/tools.key": scratch.path("tools.key"),
    });
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((kind) => `${kind}_temp_path ${scratch.path(kind)};`)
      .join(" ");
    // Compression of everything is the worst that the rest of a configuration can do to a stream.
    const config = `daemon off; pid ${scratch.path("nginx.pid")}; ${isRoot ? "user root;" : ""}
      events {}
      http { access_log off; ${temporary} gzip on; gzip_proxied any; gzip_types *; ${server} }`;
    await Bun.write(scratch.path("nginx.conf"), config);
    return ["-e", "stderr", "-p", scratch.directory, "-c", scratch.path("nginx.conf")];
  },
  async caddy({ scratch, port, upstream, placing }) {
    const site = replaced(await documented(`caddy-${placing}`), {
      "127.0.0.1:3000": upstream,
      "/etc/ssl/tools.pem": scratch.path("tools.pem"),
      "/etc/ssl/tools.key": scratch.path("tools.key"),
    });
    const settings = `{\n admin off\n auto_https disable_redirects\n default_bind 127.0.0.1\n https_port ${port}\n}\n`;
    await Bun.write(scratch.path("Caddyfile"), settings + site);
    return ["run", "--adapter", "caddyfile", "--config", scratch.path("Caddyfile")];
  },
  async haproxy({ scratch, port, upstream, placing }) {
    const both = [scratch.path("tools.pem"), scratch.path("tools.key")].map((path) => Bun.file(path).text());
    await Bun.write(scratch.path("both.pem"), (await Promise.all(both)).join("\n"));
    const config = replaced(await documented(`haproxy-${placing}`), {
      "bind :443": `bind 127.0.0.1:${port}`,
      "127.0.0.1:3000": upstream,
      "/etc/ssl/tools.pem": scratch.path("both.pem"),
      "mode http\n":
        "mode http\n    compression algo gzip\n    compression type text/html text/event-stream\n",
    });
    await Bun.write(scratch.path("haproxy.cfg"), config);
    return ["-db", "-f", scratch.path("haproxy.cfg")];
  },
};

/** A proxy of Debian's package of that name; undefined where it is not there and can't be installed. */
export const findProxy = (name: ProxyName): Promise<string | undefined> => findProgram(name);

export class ReverseProxy implements AsyncDisposable {
  /** Of the page. */
  readonly url: string;
  readonly #process: Bun.Subprocess<"ignore", "ignore", "pipe">;
  readonly #complaints: Promise<string>;

  private constructor(command: readonly string[], url: string, scratch: Scratch) {
    this.url = url;
    this.#process = Bun.spawn([...command], {
      cwd: scratch.directory,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
      // Caddy keeps files in the home directory.
      env: { PATH: process.env["PATH"], HOME: scratch.directory },
    });
    this.#complaints = new Response(this.#process.stderr).text();
  }

  /**
   * Starts one on a free port of the loopback, and waits until it accepts.
   * @param program its path
   * @param upstream of Tailboard
   * @param without lines of the documented configuration of nginx that are left out
   */
  static async start(
    program: string,
    name: ProxyName,
    placing: Placing,
    upstream: string,
    scratch: Scratch,
    without?: RegExp,
  ): Promise<ReverseProxy> {
    await makeCertificate(scratch);
    const port = freePort();
    const args = await COMMANDS[name]({ scratch, port, upstream: new URL(upstream).host, placing, without });
    const proxy = new ReverseProxy([program, ...args], `https://127.0.0.1:${port}/tail/`, scratch);
    await until(async () => proxy.#process.exitCode !== null || (await accepts(port)), `${name} to listen`);
    if (proxy.#process.exitCode !== null)
      throw new Error(`${name} ended with ${proxy.#process.exitCode}: ${await proxy.#complaints}`);
    return proxy;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGTERM");
    const deadline = setTimeout(() => this.#process.kill("SIGKILL"), END_DEADLINE_MS);
    await this.#process.exited;
    clearTimeout(deadline);
  }
}

/** A port that was free a moment ago: these programs can't take port 0. */
function freePort(): number {
  using listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  return listener.port;
}

async function accepts(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } });
    socket.end();
    return true;
  } catch {
    return false;
  }
}

async function makeCertificate(scratch: Scratch): Promise<void> {
  const command = `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=${HOST_NAME}`;
  const files = ["-keyout", scratch.path("tools.key"), "-out", scratch.path("tools.pem")];
  const openssl = Bun.spawn([...command.split(" "), ...files], { stdout: "ignore", stderr: "pipe" });
  const complaint = await new Response(openssl.stderr).text();
  if ((await openssl.exited) !== 0) throw new Error(`openssl: ${complaint}`);
}

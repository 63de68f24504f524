/** Two machines that see each other and nothing else: two namespaces for the network, with a cable between them. */
import { randomBytes } from "node:crypto";

import { isRoot } from "./tools.ts";

/** An address block for documentation, which nobody has. */
const SERVER_ADDRESS = "192.0.2.1";
const CLIENT_ADDRESS = "192.0.2.2";
const BITS = 30;

export const NO_NAMESPACES =
  "No network namespaces for the tests from another address: run them as root on Linux (sudo), with iproute2 " +
  "(sudo apt-get install iproute2); in a container with --cap-add NET_ADMIN --cap-add SYS_ADMIN.";

/** Whether this machine can make them. */
export async function hasNamespaces(): Promise<boolean> {
  if (process.platform !== "linux" || !isRoot || Bun.which("ip") === null) return false;
  const name = uniqueName();
  if (!(await succeeds("ip", "netns", "add", name))) return false;
  return succeeds("ip", "netns", "delete", name);
}

export class TwoMachines implements AsyncDisposable {
  /** Where the server can be reached from the other machine. */
  readonly serverAddress = SERVER_ADDRESS;
  readonly clientAddress = CLIENT_ADDRESS;
  readonly #server = uniqueName();
  readonly #client = uniqueName();

  static async create(): Promise<TwoMachines> {
    const machines = new TwoMachines();
    await machines.#create();
    return machines;
  }

  /** A command that runs another one on the machine of the server. */
  get onServer(): readonly string[] {
    return ["ip", "netns", "exec", this.#server];
  }

  /** The same for the other machine. */
  get onClient(): readonly string[] {
    return ["ip", "netns", "exec", this.#client];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The cable goes with either of its ends.
    for (const name of [this.#server, this.#client]) await ip("netns", "delete", name);
  }

  async #create(): Promise<void> {
    for (const name of [this.#server, this.#client]) await ip("netns", "add", name);
    await ip(
      "link",
      "add",
      "cable",
      "netns",
      this.#server,
      "type",
      "veth",
      "peer",
      "name",
      "cable",
      "netns",
      this.#client,
    );
    for (const [name, address] of [
      [this.#server, SERVER_ADDRESS],
      [this.#client, CLIENT_ADDRESS],
    ] as const) {
      await ip("-n", name, "address", "add", `${address}/${BITS}`, "dev", "cable");
      for (const link of ["lo", "cable"]) await ip("-n", name, "link", "set", link, "up");
    }
  }
}

function uniqueName(): string {
  return `tailboard-test-${randomBytes(6).toString("hex")}`;
}

async function succeeds(...command: string[]): Promise<boolean> {
  return (await Bun.spawn(command, { stdout: "ignore", stderr: "ignore" }).exited) === 0;
}

/** @throws Error with the words of ip */
async function ip(...args: readonly string[]): Promise<void> {
  const child = Bun.spawn(["ip", ...args], { stdout: "ignore", stderr: "pipe" });
  const words = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`ip ${args.join(" ")}: ${words.trim()}`);
}

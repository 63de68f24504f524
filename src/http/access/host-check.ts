/**
 * The check against DNS rebinding: a page of another site can make its name resolve to this machine and then read
 * this server as its own origin. The name stays in the Host header, so only known names are served.
 */
import { networkInterfaces } from "node:os";

import { HttpProblem } from "../problem.ts";
import { ipAddress, isLoopback } from "./ip-address.ts";

/** Addresses of a machine change seldom, and reading them takes about 0.1 ms. */
const ADDRESSES_FRESH_MS = 5000;

/** Such an address stands for every address of the machine. */
const EVERY_ADDRESS = ["0.0.0.0", "::"];

const HOST_PATTERN = /^(\[[\da-f:.]+\]|[^[\]:,@/?#\s]+)(?::\d{1,5})?$/i;

export interface HostCheckOptions {
  /** The address that is listened on, or a name of it. */
  readonly host: string;
  /** Further names, without a port. */
  readonly allowedHosts: readonly string[];
  /** The addresses of this machine. */
  readonly ownAddresses?: () => readonly string[];
  /** A monotonic clock, in milliseconds. */
  readonly nowMs?: () => number;
}

export class HostCheck {
  readonly #names: ReadonlySet<string>;
  readonly #isEveryAddress: boolean;
  readonly #readAddresses: () => readonly string[];
  readonly #nowMs: () => number;
  #addresses: ReadonlySet<string> = new Set();
  #readAtMs = -Infinity;

  constructor({ host, allowedHosts, ownAddresses, nowMs }: HostCheckOptions) {
    const bound = hostName(host);
    this.#isEveryAddress = EVERY_ADDRESS.includes(bound);
    this.#names = new Set(["localhost", bound, ...allowedHosts.map(hostName)]);
    this.#readAddresses = ownAddresses ?? addressesOfThisMachine;
    this.#nowMs = nowMs ?? (() => performance.now());
  }

  /** @throws HttpProblem when the request names no host, or one that is not known here */
  check(request: Request): void {
    const host = request.headers.get("host");
    if (host === null) {
      throw new HttpProblem({
        status: 400,
        title: "Host header missing",
        detail: "The request has no Host header: send one, such as Host: localhost (HTTP/1.1 clients do).",
      });
    }
    const written = HOST_PATTERN.exec(host)?.[1];
    const name = written === undefined ? undefined : hostName(written);
    if (name !== undefined && this.#isKnown(name)) return;
    const hint =
      name === undefined || !/^[\w.:-]+$/.test(name)
        ? "use http://localhost or http://127.0.0.1 with the port"
        : `use http://localhost or http://127.0.0.1 with the port, or start Tailboard with --allowed-host ${name} where that is a name of this machine or its proxy`;
    throw new HttpProblem({
      status: 403,
      title: "Host not allowed",
      detail: `The Host header ${JSON.stringify(host)} is no name that this server goes by. This guards against DNS rebinding: ${hint}.`,
    });
  }

  #isKnown(name: string): boolean {
    if (this.#names.has(name) || isLoopback(name)) return true;
    return this.#isEveryAddress && this.#ownAddresses().has(name);
  }

  #ownAddresses(): ReadonlySet<string> {
    const nowMs = this.#nowMs();
    if (nowMs - this.#readAtMs > ADDRESSES_FRESH_MS) {
      this.#addresses = new Set(this.#readAddresses());
      this.#readAtMs = nowMs;
    }
    return this.#addresses;
  }
}

/** One way to write a name: lower case, without the dot at the end that makes it absolute; addresses as `ipAddress` does. */
export function hostName(text: string): string {
  return ipAddress(text) ?? text.toLowerCase().replace(/\.$/, "");
}

function addressesOfThisMachine(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.flatMap(({ address }) => ipAddress(address) ?? []),
  );
}

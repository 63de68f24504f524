/** Who is behind a proxy: what a proxy that is trusted says of its clients. */
import { AddressSet, ipAddress } from "./ip-address.ts";

/** Characters of a user's name that are worth a place in a line of the log. */
const MAX_USER_LENGTH = 64;

/** Proxies before this one that are looked at. A longer list is no honest one. */
const MAX_HOPS = 32;

/** Who sent a request. */
export interface Visitor {
  /** Of the client, as `ipAddress` writes it; "" where the connection is gone already. */
  readonly address: string;
  /** As a proxy that signs people in names them. */
  readonly user: string | undefined;
  /** Whether the browser came by TLS to the proxy. */
  readonly isSecure: boolean;
}

export class Proxies {
  readonly #trusted: AddressSet;
  readonly #userHeader: string | undefined;

  /**
   * @param trusted addresses and networks of proxies, as in `10.0.0.0/8`
   * @param userHeader in which they name the user
   */
  constructor(trusted: readonly string[], userHeader: string | undefined) {
    this.#trusted = new AddressSet(trusted);
    this.#userHeader = userHeader;
  }

  /**
   * @param peer the address that the connection comes from
   * @param headers which count only where that is a proxy that is trusted: everybody can send them
   */
  visitor(peer: string, headers: Headers): Visitor {
    const address = ipAddress(peer) ?? peer;
    if (!this.#trusted.has(address)) return { address, user: undefined, isSecure: false };
    return {
      address: this.#clientBehind(address, headers),
      user: this.#userHeader === undefined ? undefined : userName(headers.get(this.#userHeader)),
      isSecure: protocol(headers) === "https",
    };
  }

  /**
   * Each proxy appends the address that it was called from. So the list is read from its end, past those that are
   * trusted: whatever stands before the first other one, the client may have made up.
   */
  #clientBehind(proxy: string, headers: Headers): string {
    let client = proxy;
    for (const hop of hopsOf(headers).toReversed().slice(0, MAX_HOPS)) {
      const address = ipAddress(withoutPort(hop));
      if (address === undefined) return client;
      client = address;
      if (!this.#trusted.has(address)) return client;
    }
    return client;
  }
}

/** The first of these headers that there is: a proxy has to set or append to it, or a client could. */
function hopsOf(headers: Headers): readonly string[] {
  const forwardedFor = headers.get("x-forwarded-for");
  if (forwardedFor !== null) return forwardedFor.split(",").map((hop) => hop.trim());
  const forwarded = headers.get("forwarded");
  if (forwarded !== null) return forwarded.split(",").map((hop) => parameter(hop, "for") ?? "");
  const realIp = headers.get("x-real-ip");
  return realIp === null ? [] : [realIp.trim()];
}

function protocol(headers: Headers): string | undefined {
  const given = headers.get("x-forwarded-proto")?.split(",").at(-1);
  return (given ?? parameter(headers.get("forwarded")?.split(",").at(-1) ?? "", "proto"))
    ?.trim()
    .toLowerCase();
}

/** A parameter of a hop of the header Forwarded: https://www.rfc-editor.org/rfc/rfc7239#section-4 */
function parameter(hop: string, name: string): string | undefined {
  for (const pair of hop.split(";")) {
    const [key = "", ...value] = pair.trim().split("=");
    if (key.toLowerCase() === name) return value.join("=").replaceAll('"', "");
  }
  return undefined;
}

/** `10.0.0.1:4711` and `[::1]:4711` have a port; a bare IPv6 address has more than one colon and none. */
function withoutPort(hop: string): string {
  return /^\[(.*)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([^:]+):\d+$/.exec(hop)?.[1] ?? hop;
}

function userName(text: string | null): string | undefined {
  const name = (text ?? "").replaceAll(/\p{C}/gu, "").trim();
  return name === "" ? undefined : name.slice(0, MAX_USER_LENGTH);
}

/** Addresses of the internet protocol: one way to write each, and sets of them. */
import { BlockList, isIP } from "node:net";

/**
 * The one way to write an address: `[::1]`, `0:0::1` and `::1` are the same, and so are `::ffff:10.0.0.1` and `10.0.0.1`.
 * @param text with or without the brackets of a URL; the zone of a link-local address (`%eth0`) is left out
 * @returns undefined where it is no address
 */
export function ipAddress(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "");
  const version = isIP(bare);
  if (version === 4) return bare;
  const written = version === 6 ? URL.parse(`http://[${bare}]`)?.hostname.slice(1, -1) : undefined;
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(written ?? "") ?? [];
  if (high === undefined || low === undefined) return written;
  const bytes = [high, low].flatMap((group) => [
    Number.parseInt(group, 16) >> 8,
    Number.parseInt(group, 16) & 255,
  ]);
  return bytes.join(".");
}

/** @param address as `ipAddress` writes it */
export function isLoopback(address: string): boolean {
  return address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
}

/**
 * What counts as one client: an IPv4 address, or the 64 bits of IPv6 that a provider gives to one household. Who has
 * those has 2^64 addresses.
 * @param address as `ipAddress` writes it
 */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<string>(zeros).fill("0"), ...after];
  return `${groups.slice(0, 4).join(":")}::/64`;
}

/** Addresses and networks. */
export class AddressSet {
  readonly #list = new BlockList();

  /** @param entries as in `10.0.0.1`, `10.0.0.0/8`, `fd00::/8`, which the options have checked */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const [network = "", bits] = entry.split("/");
      const family = isIP(network) === 6 ? "ipv6" : "ipv4";
      if (bits === undefined) this.#list.addAddress(network, family);
      else this.#list.addSubnet(network, Number(bits), family);
    }
  }

  /** @param address as `ipAddress` writes it */
  has(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#list.check(address, version === 6 ? "ipv6" : "ipv4");
  }
}

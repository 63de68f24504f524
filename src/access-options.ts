/** The options about who may reach the server. */
import { isIP } from "node:net";

import type { GivenOptions } from "./given-options.ts";
import { nonEmpty } from "./option-values.ts";
import { UsageError } from "./usage-error.ts";

export interface AccessOptions {
  /** Undefined where everybody may come in. */
  readonly token: string | undefined;
  /** Names that the Host header may have, besides those of loopback and of the address that is listened on. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages that may read the answers. */
  readonly corsOrigins: readonly string[];
  /** Addresses and networks of proxies that say who their clients are. */
  readonly trustedProxies: readonly string[];
  /** The header in which they name the user. */
  readonly userHeader: string | undefined;
  /** The paths of a certificate and its key. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
}

/** Fewer characters can be found by trying all. */
const MIN_TOKEN_LENGTH = 8;
/** It has to fit into a header. */
const MAX_TOKEN_LENGTH = 512;

/** Entries of one list. More is a slip. */
const MAX_ENTRIES = 100;

/**
 * @param host as `hostToListenOn` has read it
 * @throws UsageError also where the options together would let everybody in, and nobody has said so
 */
export function accessOptions(given: GivenOptions, host: string): AccessOptions {
  const token = given.readOr<string | undefined>("--token", undefined, tokenText);
  const isOpen = given.has("--no-auth");
  if (token !== undefined && isOpen)
    throw new UsageError(
      "--no-auth lets everybody in and a token does not: leave out --no-auth, or --token and TAILBOARD_TOKEN",
    );
  if (token === undefined && !isOpen && !isLoopbackHost(host)) {
    throw new UsageError(
      `on ${host} everyone who reaches this machine could read the events, so a token is needed: TAILBOARD_TOKEN=$(openssl rand -hex 24) bun src/server.ts --host ${host} (or --no-auth, where everybody may read them)`,
    );
  }
  const trustedProxies = given.readOr("--trusted-proxy", [], proxies);
  const userHeader = given.readOr<string | undefined>("--user-header", undefined, headerName);
  if (userHeader !== undefined && trustedProxies.length === 0)
    throw new UsageError(
      "--user-header is believed only from a proxy that is named: give --trusted-proxy ADDR too",
    );
  const cert = given.readOr<string | undefined>("--tls-cert", undefined, nonEmpty);
  const key = given.readOr<string | undefined>("--tls-key", undefined, nonEmpty);
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError("--tls-cert and --tls-key belong together: give both files, or none");
  return {
    token,
    allowedHosts: given.readOr("--allowed-host", [], allowedHosts),
    corsOrigins: given.readOr("--cors-origin", [], origins),
    trustedProxies,
    userHeader,
    tls: cert === undefined || key === undefined ? undefined : { cert, key },
  };
}

/** An address of this machine to listen on, or a name of one. @throws UsageError */
export function hostToListenOn(text: string, source: string): string {
  const address = text.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) !== 0 || isName(address)) return address;
  throw new UsageError(
    `${source} takes an address of this machine without a port, such as 127.0.0.1, ::1, localhost or 0.0.0.0: got ${JSON.stringify(text)}`,
  );
}

/** Whether only programs on this machine can reach an address. */
export function isLoopbackHost(host: string): boolean {
  return (
    host.toLowerCase() === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."))
  );
}

/** What is wrong with a token is said without it: the line may end in a log. */
function tokenText(text: string, source: string): string {
  const isFit = text.length >= MIN_TOKEN_LENGTH && text.length <= MAX_TOKEN_LENGTH;
  // The characters that a header can carry in one piece.
  if (isFit && /^[!-~]+$/.test(text)) return text;
  throw new UsageError(
    `${source} takes ${MIN_TOKEN_LENGTH} to ${MAX_TOKEN_LENGTH} letters, digits and signs of ASCII without spaces, such as those of: openssl rand -hex 24`,
  );
}

function allowedHosts(text: string, source: string): readonly string[] {
  return listOf(text, source, "names of hosts without a port, as in tail.example,10.0.0.5", (entry) => {
    const address = entry.replace(/^\[(.*)\]$/, "$1");
    return isIP(address) !== 0 || isName(entry);
  });
}

function origins(text: string, source: string): readonly string[] {
  return listOf(
    text,
    source,
    "origins, as in https://wall.example,http://localhost:8080",
    (entry) => /^https?:\/\//.test(entry) && URL.parse(entry)?.origin === entry,
  );
}

function proxies(text: string, source: string): readonly string[] {
  return listOf(text, source, "addresses or networks, as in 127.0.0.1,10.0.0.0/8", (entry) => {
    const [network = "", bits, ...rest] = entry.split("/");
    const version = isIP(network);
    if (version === 0 || rest.length > 0) return false;
    return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
  });
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
function headerName(text: string, source: string): string {
  if (/^[\w!#$%&'*+.^`|~-]{1,64}$/.test(text)) return text.toLowerCase();
  throw new UsageError(
    `${source} takes the name of a header, such as X-Forwarded-User: got ${JSON.stringify(text)}`,
  );
}

/** A name whose last part is a number would be read as an address: https://url.spec.whatwg.org/#ends-in-a-number-checker */
function isName(text: string): boolean {
  const labels = text.replace(/\.$/, "").split(".");
  const isWritten = labels.every((label) => /^[\w-]{1,63}$/.test(label));
  return text.length <= 253 && isWritten && !/^(?:\d+|0x[\da-f]*)$/i.test(labels.at(-1) ?? "");
}

function listOf(
  text: string,
  source: string,
  what: string,
  isGood: (entry: string) => boolean,
): readonly string[] {
  const entries = text.split(",").map((entry) => entry.trim());
  const bad = entries.find((entry) => !isGood(entry));
  if (bad !== undefined)
    throw new UsageError(`${source} takes ${what}, with commas between them: got ${JSON.stringify(bad)}`);
  if (entries.length > MAX_ENTRIES)
    throw new UsageError(`${source} takes ${MAX_ENTRIES} ${what} at most: got ${entries.length}`);
  return entries;
}

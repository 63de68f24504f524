/** Where a table of PostgreSQL is, in words without the password. */

const DEFAULT_PORT = "5432";

/** Of a URL, which may hold a password in two places. */
export interface Address {
  /** The URL without a password, for logs, the status and errors. */
  readonly shown: string;
  readonly host: string;
  readonly database: string;
  readonly role: string;
}

/** @param url `postgres://role:password@host:port/database` */
export function addressOf(url: string): Address {
  const parsed = new URL(url);
  const role = decode(parsed.username);
  const database = decode(parsed.pathname.slice(1));
  const host = `${parsed.hostname === "" ? "localhost" : parsed.hostname}:${parsed.port === "" ? DEFAULT_PORT : parsed.port}`;
  const user = role === "" ? "" : `${encodeURIComponent(role)}@`;
  return { shown: `postgres://${user}${host}/${encodeURIComponent(database)}`, host, database, role };
}

/** Without what an error of the driver or the server may repeat of the URL. */
export function withoutPassword(text: string, url: string): string {
  const { password, searchParams } = new URL(url);
  const secrets = [password, decode(password), searchParams.get("password") ?? ""];
  return secrets
    .filter((secret) => secret !== "")
    .reduce((shown, secret) => shown.replaceAll(secret, "…"), text);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Puts access control together for the server, and tells the operator what it does. */
import { isLoopbackHost } from "./access-options.ts";
import { Access } from "./http/access/access.ts";
import type { Visitor } from "./http/access/proxies.ts";
import { Visits } from "./http/access/visits.ts";
import type { Logger, LoggerFields } from "./logger.ts";
import type { Options } from "./options.ts";
import { readTlsFiles, type TlsFiles } from "./process/tls-files.ts";

export interface AccessControl {
  readonly access: Access;
  /** Undefined for plain HTTP. */
  readonly tls: TlsFiles | undefined;
  /** A stream was opened. */
  onStream(visitor: Visitor): void;
}

/** @throws StartFailure where the certificate or its key can't be used */
export function createAccessControl(
  { host, basePath, access: options }: Options,
  logger: Logger,
): AccessControl {
  const tls = options.tls === undefined ? undefined : readTlsFiles(options.tls.cert, options.tls.key);
  if (tls !== undefined && tls.validTo.getTime() < Date.now()) {
    logger.warn("the certificate of --tls-cert has ended, and browsers will refuse it", {
      validTo: tls.validTo.toISOString(),
      hint: "renew it and start again",
    });
  }
  if (options.token === undefined && !isLoopbackHost(host)) {
    logger.warn("there is no access control: everyone who reaches the address can read the events", {
      host,
      hint: "leave out --no-auth and set TAILBOARD_TOKEN",
    });
  }
  const access = new Access(
    { ...options, host, isTls: tls !== undefined, basePath },
    {
      onSignIn: (visitor) => logger.info("signed in", fieldsOf(visitor)),
      onWrongToken: (visitor) => logger.warnOften("a wrong token was given", fieldsOf(visitor)),
      onRefused: (reason, visitor) => logger.warnOften(`refused: ${reason}`, fieldsOf(visitor)),
    },
  );
  const visits = new Visits();
  return {
    access,
    tls,
    onStream: (visitor) => {
      if (visits.isFirst(visitor)) logger.info("stream opened", fieldsOf(visitor));
    },
  };
}

/** The address of the page, as a browser on this machine takes it. */
export function pageUrl(url: string): string {
  const page = new URL(url);
  // Such an address stands for every one of this machine, and no browser goes there.
  if (["0.0.0.0", "[::]"].includes(page.hostname)) page.hostname = "localhost";
  return page.href;
}

function fieldsOf({ address, user }: Visitor): LoggerFields {
  return { address, user };
}

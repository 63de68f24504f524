/** `--tls-cert` and `--tls-key` */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

import { absolutePath, StartFailure, wordsOf } from "./failure.ts";

export interface TlsFiles {
  /** The certificate and those that lead to its issuer, as PEM. */
  readonly cert: string;
  readonly key: string;
  /** When the certificate ends. */
  readonly validTo: Date;
}

/**
 * Reads a certificate and its key. Bun itself would start with a pair that no client can connect to.
 * @throws StartFailure with the file that is at fault
 */
export function readTlsFiles(certPath: string, keyPath: string): TlsFiles {
  const cert = readPem("--tls-cert", certPath);
  const key = readPem("--tls-key", keyPath);
  const certificate = parsed("--tls-cert", certPath, "certificate", () => new X509Certificate(cert));
  const privateKey: KeyObject = parsed("--tls-key", keyPath, "private key without a passphrase", () =>
    createPrivateKey(key),
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new StartFailure(
      `--tls-key ${keyPath} is not the key of --tls-cert ${certPath}`,
      "give the two files that were made together, with the server's own certificate first in its file",
    );
  }
  return { cert, key, validTo: new Date(certificate.validTo) };
}

function readPem(flag: string, path: string): string {
  try {
    return readFileSync(absolutePath(path), "utf8");
  } catch (error) {
    throw new StartFailure(
      `can't read ${flag} ${path}: ${wordsOf(error)}`,
      "give the path of a PEM file that this user may read",
    );
  }
}

function parsed<T>(flag: string, path: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new StartFailure(
      `${flag} ${path} holds no ${what} in PEM: ${wordsOf(error)}`,
      "give a PEM file, which begins with -----BEGIN",
    );
  }
}

/** What the bytes of a BLOB are: text, SQLite's binary JSON, or neither. */
import { readJsonb } from "./jsonb.ts";

export interface BlobReading {
  readonly kind: "text" | "json" | "binary";
  /** What is shown. Of bytes it is their size. */
  readonly text: string;
}

/** Smaller ones are JSONB by accident too often, unless they are an object or an array. In bytes. */
const MIN_JSONB_SCALAR = 3;

/** Control characters that a text has: tab, line feed, carriage return, and the escape of a terminal's colours. */
// oxlint-disable-next-line no-control-regex -- these characters are what the text must not have
const NO_TEXT = /[\0-\x08\v\f\x0e-\x1a\x1c-\x1f\x7f]/;

export function readBlob(base64: string): BlobReading {
  const bytes = decode(base64);
  const json = readJsonb(bytes);
  if (json !== undefined && /^[[{]/.test(json)) return { kind: "json", text: json };
  const text = textOfBytes(bytes);
  if (text !== undefined) return { kind: "text", text };
  if (json !== undefined && bytes.length >= MIN_JSONB_SCALAR) return { kind: "json", text: json };
  return { kind: "binary", text: `BLOB, ${sizeText(bytes.length)}` };
}

/** The bytes as a literal that can be pasted into SQL. */
export function blobAsSql(base64: string): string {
  return `X'${Array.from(decode(base64), (byte) => byte.toString(16).padStart(2, "0")).join("")}'`;
}

export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function textOfBytes(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return NO_TEXT.test(text) ? undefined : text;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

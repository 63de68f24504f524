/** Where a page of a panel goes on, as text that nobody has to understand: the place of its last row in the order. */
import type { ColumnValue } from "../../events.ts";

/** The place of a row in an order. */
export interface Place {
  /** What is sorted by; undefined where the unique columns alone are. */
  readonly sort: ColumnValue | undefined;
  /** The values of the unique columns. */
  readonly unique: readonly ColumnValue[];
}

/** A longer one is not given: it would not pass every proxy in a URL. In characters. */
const MAX_LENGTH = 4096;

export interface Cursor {
  /** As in `?sort=`; empty for the unique columns. */
  readonly order: string;
  /** @returns undefined where it is the place of another order, or of another table */
  placeIn(order: {
    readonly order: string;
    readonly hasSort: boolean;
    readonly uniqueColumns: number;
  }): Place | undefined;
}

/** @returns undefined where it would be too long */
export function encodeCursor(order: string, { sort, unique }: Place): string | undefined {
  const json = JSON.stringify([order, ...(sort === undefined ? [] : [encode(sort)]), ...unique.map(encode)]);
  const text = Buffer.from(json).toString("base64url");
  return text.length > MAX_LENGTH ? undefined : text;
}

/** @returns undefined where the text is no cursor */
export function decodeCursor(text: string): Cursor | undefined {
  const [order, ...parts] = parse(text) ?? [];
  const values = parts.map(decode).filter((value) => value !== undefined);
  if (typeof order !== "string" || values.length < parts.length) return undefined;
  return {
    order,
    placeIn: (asked) => {
      if (asked.order !== order || values.length !== asked.uniqueColumns + (asked.hasSort ? 1 : 0))
        return undefined;
      return asked.hasSort
        ? { sort: values[0], unique: values.slice(1) }
        : { sort: undefined, unique: values };
    },
  };
}

function parse(text: string): unknown[] | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    return Array.isArray(parts) ? parts : undefined;
  } catch {
    return undefined;
  }
}

/** The kind of the value stands before it: JSON would round a large integer. */
function encode(value: ColumnValue): string {
  if (value === null) return "n";
  if (typeof value === "string") return `t${value}`;
  if (typeof value === "bigint") return `i${value}`;
  if (typeof value === "number") return `r${value}`;
  return `b${value.toBase64()}`;
}

function decode(part: unknown): ColumnValue | undefined {
  if (typeof part !== "string") return undefined;
  const rest = part.slice(1);
  switch (part.charAt(0)) {
    case "n":
      return rest === "" ? null : undefined;
    case "t":
      return rest;
    case "i":
      return /^-?\d{1,19}$/.test(rest) && isInteger64(BigInt(rest)) ? BigInt(rest) : undefined;
    case "r":
      return /^-?(?:Infinity|\d[\d.e+-]*)$/.test(rest) && !Number.isNaN(Number(rest))
        ? Number(rest)
        : undefined;
    case "b":
      return decodeBytes(rest);
    default:
      return undefined;
  }
}

function decodeBytes(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return undefined;
  }
}

const isInteger64 = (value: bigint): boolean => BigInt.asIntN(64, value) === value;

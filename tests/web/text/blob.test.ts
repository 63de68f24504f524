import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";

import { blobAsSql, readBlob, sizeText } from "../../../src/web/text/blob.ts";

const utf8 = (text: string) => new TextEncoder().encode(text).toBase64();
const bytes = (...values: number[]) => Uint8Array.from(values).toBase64();

test("a BLOB that is UTF-8 text is that text", () => {
  expect(readBlob(utf8("zwei Zeilen:\n\tgrün 🦉"))).toMatchObject({
    kind: "text",
    text: "zwei Zeilen:\n\tgrün 🦉",
  });
  expect(readBlob(utf8('{"a":1}'))).toMatchObject({ kind: "text", text: '{"a":1}' });
  expect(readBlob("")).toMatchObject({ kind: "text", text: "" });
});

test("a BLOB that is SQLite's JSONB is that JSON", () => {
  using database = new Database(":memory:");
  for (const json of ['{"a":[1,2]}', "[]", "{}", `"${"long text ".repeat(20)}"`]) {
    const { b } = database.query<{ b: Uint8Array }, [string]>("SELECT jsonb(?) AS b").get(json) ?? {};
    expect(readBlob(b?.toBase64() ?? "")).toMatchObject({ kind: "json", text: json });
  }
});

test.each([
  ["a byte that would be JSONB's null", bytes(0)],
  ["a byte that would be JSONB's true", bytes(1)],
  ["two bytes that would be a digit", bytes(0x13, 0x31)],
  ["bytes that are no text", bytes(0, 1, 2, 3)],
  ["the beginning of a picture", bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
])("%s stay bytes", (_name, base64) => {
  expect(readBlob(base64).kind).toBe("binary");
});

test("bytes are told by their size, and can be pasted into SQL", () => {
  expect(readBlob(bytes(0, 1, 2, 255))).toEqual({ kind: "binary", text: "BLOB, 4 bytes" });
  expect(blobAsSql(bytes(0, 1, 2, 255))).toBe("X'000102ff'");
  expect(sizeText(1)).toBe("1 byte");
  expect(sizeText(1234)).toBe("1.2 KB");
  expect(sizeText(5_000_000)).toBe("5.0 MB");
});

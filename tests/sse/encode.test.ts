import { describe, expect, test } from "bun:test";

import { createParser, type EventSourceMessage } from "eventsource-parser";
import * as fc from "fast-check";

import type { ColumnValue, EventRow } from "../../src/events.ts";
import { parseId } from "../../src/rows/event-id.ts";
import { pageJson } from "../../src/rows/json.ts";
import { encodeEvent, encodeNamed, encodeRetry, KEEP_ALIVE } from "../../src/sse/encode.ts";

/** What an independent parser makes of a text that arrives cut in two. */
function decode(
  text: string,
  cutAt = text.length,
): { events: EventSourceMessage[]; retry: number[]; comments: string[] } {
  const events: EventSourceMessage[] = [];
  const retry: number[] = [];
  const comments: string[] = [];
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onRetry: (value) => retry.push(value),
    onComment: (comment) => comments.push(comment),
    onError: (error) => {
      throw error;
    },
  });
  parser.feed(text.slice(0, cutAt));
  parser.feed(text.slice(cutAt));
  return { events, retry, comments };
}

const rowOf = (...values: ColumnValue[]): EventRow => ({ id: 1n, values, truncated: [] });

describe("the wire format", () => {
  test("of a row is id, data, empty line, to the letter", () => {
    expect(encodeEvent(42n, '{"id":42}')).toBe('id: 42\ndata: {"id":42}\n\n');
  });

  test("of the rest is a named event without an id, a comment, a reconnection time", () => {
    expect(encodeNamed("hello", { latestId: 41 })).toBe('event: hello\ndata: {"latestId":41}\n\n');
    expect(decode(encodeRetry(5000)).retry).toEqual([5000]);
    expect(decode(KEEP_ALIVE)).toMatchObject({
      comments: ["keep-alive"],
      events: [{ event: "ping", id: undefined }],
    });
  });

  test("refuses data that would end the field", () => {
    expect(() => encodeEvent(1n, "{\n}")).toThrow(RangeError);
    expect(() => encodeEvent(1n, "{\r}")).toThrow(RangeError);
  });

  test("brings every row through an independent parser, wherever the network cuts it", () => {
    const value = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("data: x", "\r\n\r\nid: 7\n", "\u2028\u2029\u0000\ufeff", "</script>", "🙂"),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.double({ noNaN: true }),
      fc.constant(null),
    );
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.array(value, { minLength: 1 }),
        fc.nat(),
        (id, values, cut) => {
          const columns = values.map((_, index) => `c${index}`);
          const [json = ""] = pageJson({ columns, rows: [{ id, values, truncated: [] }] });
          const text = encodeEvent(id, json);
          const { events } = decode(text, cut % text.length);
          expect(events).toEqual([{ id: String(id), event: undefined, data: json }]);
          expect(Object.keys(JSON.parse(json))).toEqual(columns);
        },
      ),
    );
  });
});

describe("a row as JSON", () => {
  test("keeps the order of the columns and every kind of value", () => {
    const columns = ["id", "text", "real", "null", "blob", "infinite"];
    const row = rowOf(
      7n,
      'a "quoted"\nline',
      1.5,
      null,
      new Uint8Array([0, 255, 16]),
      Number.POSITIVE_INFINITY,
    );
    expect(pageJson({ columns, rows: [row] })).toEqual([
      '{"id":7,"text":"a \\"quoted\\"\\nline","real":1.5,"null":null,"blob":{"$base64":"AP8Q"},"infinite":"Infinity"}',
    ]);
  });

  test("has an integer as a number while that is exact, as a string beyond", () => {
    const rows = [2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 53n)].map((id) => rowOf(id));
    expect(pageJson({ columns: ["id"], rows })).toEqual([
      '{"id":9007199254740991}',
      '{"id":"9007199254740992"}',
      '{"id":"9223372036854775807"}',
      '{"id":"-9007199254740992"}',
    ]);
  });

  test("names the columns that were cut", () => {
    expect(
      pageJson({ columns: ["id", "a"], rows: [{ id: 1n, values: [1n, null], truncated: ["a"] }] }),
    ).toEqual(['{"id":1,"a":null,"$truncated":["a"]}']);
  });

  test("has no surrogate alone, which no UTF-8 could carry", () => {
    const [json = ""] = pageJson({ columns: ["a"], rows: [rowOf("\ud800")] });
    expect(json).toBe('{"a":"\\ud800"}');
  });
});

describe("a cursor", () => {
  test.each([
    ["0", 0n],
    ["-5", -5n],
    ["007", 7n],
    ["9223372036854775807", 2n ** 63n - 1n],
    ["-9223372036854775808", -(2n ** 63n)],
  ])("%s is an id", (text, id) => {
    expect(parseId(text)).toBe(id);
  });

  test.each([
    "",
    " 5",
    "5, 7",
    "1e3",
    "0x10",
    "1.0",
    "+1",
    "☃",
    "9223372036854775808",
    "99999999999999999999",
    "--1",
    "٣",
  ])("%j is none", (text) => {
    expect(parseId(text)).toBeUndefined();
  });
});

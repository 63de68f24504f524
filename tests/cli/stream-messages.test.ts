/** The reader of event streams, against an independent one. */
import { expect, test } from "bun:test";

import { createParser } from "eventsource-parser";
import * as fc from "fast-check";

import { StreamMessages } from "../../src/cli/stream-messages.ts";
import { encodeCursor, encodeEvent, encodeNamed, encodeRetry, KEEP_ALIVE } from "../../src/sse/encode.ts";

const part = fc.oneof(
  fc
    .tuple(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.json())
    .map(([id, json]) => encodeEvent(id, json.replaceAll(/[\r\n]/g, " "))),
  fc.bigInt({ min: 0n, max: 9n }).map((id) => encodeCursor(id)),
  fc.nat().map((ms) => encodeRetry(ms)),
  fc.constant(KEEP_ALIVE),
  fc.string().map((reason) => encodeNamed("reset", { reason }, 5n)),
);

test("reads what is encoded, however it is cut into chunks", () => {
  fc.assert(
    fc.property(fc.array(part), fc.array(fc.nat(200)), (parts, cuts) => {
      const bytes = Buffer.from(parts.join(""));
      const expected: unknown[] = [];
      const parser = createParser({
        onEvent: ({ id, event, data }) => expected.push([id, event ?? "message", data]),
      });
      parser.feed(bytes.toString());
      const messages = new StreamMessages();
      const read: unknown[] = [];
      for (let at = 0, cut = 0; at < bytes.length; cut++) {
        const end = at + 1 + (cuts[cut] ?? bytes.length);
        for (const { id, event, data } of messages.read(bytes.subarray(at, end)))
          if (data !== undefined) read.push([id, event, data]);
        at = end;
      }
      expect(read).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test("tells of cursors without a row, and of the reconnection time", () => {
  const read = new StreamMessages().read(Buffer.from(encodeCursor(7n) + encodeRetry(2000) + KEEP_ALIVE));
  expect(read).toContainEqual({ event: "message", id: "7", data: undefined, retryMs: undefined });
  expect(read).toContainEqual({ event: "message", id: undefined, data: undefined, retryMs: 2000 });
});

test("refuses a message without an end", () => {
  const messages = new StreamMessages();
  const chunk = Buffer.alloc(2 ** 20, "x");
  expect(() => {
    for (let count = 0; count < 32; count++) messages.read(chunk);
  }).toThrow("too long");
});

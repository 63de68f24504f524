/** The scanner of the load generator: every loss that it does not see would be one that the bench denies. */
import { describe, expect, test } from "bun:test";

import { ReadCache, StreamScanner } from "../../bench/support/scanner.ts";

const HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const event = (id: number): string => `id: ${id}\ndata: {"id":${id},"summary":"id: 7 \\nid: 8"}\n\n`;
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

function scanner(lastId = 0, cache = new ReadCache(), pattern = "\nid: "): StreamScanner {
  return new StreamScanner(Buffer.from(pattern), lastId, cache);
}

function feed(target: StreamScanner, ...reads: readonly string[]): StreamScanner {
  for (const read of reads) target.push(Buffer.from(read));
  return target;
}

describe("a stream", () => {
  const notices = 'retry: 5000\n\nevent: hello\ndata: {"latestId":41}\n\n';
  const whole =
    HEAD + chunk(notices) + chunk(event(9) + event(10)) + chunk(": keep-alive\n\n") + chunk(event(11));

  test("is read wherever its bytes are split", () => {
    for (let first = 0; first < whole.length; first++) {
      for (const second of [first + 1, first + 2, first + 7, first + 40]) {
        const reads = [whole.slice(0, first), whole.slice(first, second), whole.slice(second)];
        const { status, events, lastId, lost } = feed(scanner(8), ...reads);
        expect({ first, second, status, events, lastId, lost }).toEqual({
          first,
          second,
          status: 200,
          events: 3,
          lastId: 11,
          lost: 0,
        });
      }
    }
  });

  test("may come without HTTP chunks, and with another pattern", () => {
    const plain = scanner(4, new ReadCache(), '\ndata: {"id":');
    feed(plain, `HTTP/1.1 200 OK\r\n\r\nid: 1700:0\n`, 'data: {"id":5,"x":1}\n\n');
    expect([plain.lastId, plain.lost]).toEqual([5, 0]);
  });

  test("has no event more for the cursor that hello sets", () => {
    const hello = chunk('retry: 5000\n\nevent: hello\nid: 8\ndata: {"log":"a","latestId":8}\n\n');
    const target = feed(scanner(8, new ReadCache(), '\ndata: {"id":'), HEAD, hello, chunk(event(9)));
    expect([target.events, target.lastId, target.duplicated]).toEqual([1, 9, 0]);
  });

  test("that is refused has its status", () => {
    expect(feed(scanner(), "HTTP/1.1 503 Service Unavailable\r\n\r\n").status).toBe(503);
  });
});

describe("what goes wrong is counted", () => {
  const faults = (...ids: readonly number[]) => {
    const target = feed(scanner(), HEAD, ...ids.map((id) => chunk(event(id))));
    return { lost: target.lost, duplicated: target.duplicated, outOfOrder: target.outOfOrder };
  };

  test("lost", () => expect(faults(1, 2, 5)).toEqual({ lost: 2, duplicated: 0, outOfOrder: 0 }));
  test("twice", () => expect(faults(1, 2, 2, 3)).toEqual({ lost: 0, duplicated: 1, outOfOrder: 0 }));
  test("late", () => expect(faults(1, 3, 2, 4)).toEqual({ lost: 0, duplicated: 0, outOfOrder: 1 }));
});

test("a read that another client had too is taken only where it fits", () => {
  const cache = new ReadCache();
  const bytes = chunk(event(2) + event(3));
  const first = feed(scanner(1, cache), HEAD, bytes);
  const second = feed(scanner(1, cache), HEAD, bytes, bytes);
  const third = feed(scanner(0, cache), HEAD, bytes);
  expect([first.lastId, first.events, first.lost]).toEqual([3, 2, 0]);
  expect([second.lastId, second.duplicated]).toEqual([3, 2]);
  expect([third.lastId, third.lost]).toEqual([3, 1]);
});

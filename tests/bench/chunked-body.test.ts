import { expect, test } from "bun:test";

import { ChunkedBody } from "../../bench/postgres/chunked-body.ts";

const ANSWER = Buffer.from(
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nid: 1\n\r\n11\r\ndata: grüße\n\nid\r\n3\r\n: 2\r\n",
);

test("the body of an answer in chunks is the same, wherever the bytes are parted", () => {
  for (let size = 1; size <= ANSWER.length; size++) {
    let text = "";
    const body = new ChunkedBody((piece) => (text += piece));
    for (let from = 0; from < ANSWER.length; from += size) body.push(ANSWER.subarray(from, from + size));
    expect(text).toBe("id: 1\ndata: grüße\n\nid: 2");
  }
});

test("nothing is taken from a refusal", () => {
  const body = new ChunkedBody(() => expect.unreachable());
  body.push(Buffer.from("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 3\r\n\r\nno\n"));
});

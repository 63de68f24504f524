import { expect, test } from "bun:test";

import { addressOf, withoutPassword } from "../../../src/db/postgres/address.ts";
import { channelOf } from "../../../src/db/postgres/channel.ts";

test.each([
  ["postgres://ann:se%2Fcret@db.example:6432/log?sslmode=require", "postgres://ann@db.example:6432/log"],
  ["postgres://db.example/log", "postgres://db.example:5432/log"],
  ["postgresql://ann@[::1]/my%20log", "postgres://ann@[::1]:5432/my%20log"],
  ["postgres://ann@db/log?password=secret", "postgres://ann@db:5432/log"],
])("%s is shown as %s", (url, shown) => {
  expect(addressOf(url).shown).toBe(shown);
});

test("an error that repeats the password does not show it", () => {
  const url = "postgres://ann:se%2Fcret@db/log?password=other";
  expect(withoutPassword("login with se/cret (se%2Fcret) or other failed", url)).toBe(
    "login with … (…) or … failed",
  );
});

test("the channel of a table is no longer than PostgreSQL lets it be, and is not cut", () => {
  expect(channelOf({ schema: "public", name: "events" })).toBe("tailboard:public.events");
  const [long, other] = ["a", "b"].map((end) => channelOf({ schema: "public", name: "ä".repeat(31) + end }));
  expect(Buffer.byteLength(long ?? "")).toBeLessThanOrEqual(63);
  expect(long).not.toBe(other);
});

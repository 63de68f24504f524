import { describe, expect, test } from "bun:test";

import { changeBetween, type LogIdentity, nameBaseOf } from "../../../src/db/postgres/live/log-identity.ts";
import type { ResetReason } from "../../../src/events.ts";

const SERVER = { system: "7", database: "5", timeline: "00000001" };
const LOG = { server: SERVER, oid: 16_400n };
const SEQUENCE = { oid: 16_399n, quoted: "s", cache: 1n, isReadable: true };

describe("what has become another one", () => {
  test.each<[string, LogIdentity, ResetReason]>([
    ["nothing but the rows", LOG, "rows-replaced"],
    ["the history of the server", { ...LOG, server: { ...SERVER, timeline: "00000002" } }, "rows-replaced"],
    ["the table", { ...LOG, oid: 16_500n }, "table-recreated"],
    ["the database", { ...LOG, server: { ...SERVER, database: "6" } }, "file-replaced"],
    [
      "the server, with a table of the same number",
      { ...LOG, server: { ...SERVER, system: "8" } },
      "file-replaced",
    ],
  ])("%s", (_what, now, reason) => {
    expect(changeBetween(LOG, now)).toBe(reason);
  });
});

test("the name is the same for the same log, and another one for every other", () => {
  const named = (
    log = LOG,
    sequence: typeof SEQUENCE | undefined = SEQUENCE,
    sequenceStorage = "1",
  ): string => nameBaseOf(log, { sequence }, { sequenceStorage });
  expect(named({ ...LOG })).toBe(named());
  const others = [
    named({ ...LOG, oid: 16_500n }),
    named({ ...LOG, server: { ...SERVER, system: "8" } }),
    named({ ...LOG, server: { ...SERVER, database: "6" } }),
    named({ ...LOG, server: { ...SERVER, timeline: "00000002" } }),
    named(LOG, { ...SEQUENCE, oid: 16_501n }),
    named(LOG, SEQUENCE, "2"),
  ];
  expect(new Set([named(), ...others]).size).toBe(7);
});

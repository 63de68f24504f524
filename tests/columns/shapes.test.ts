/** Shapes that no case has, to see that the rules are general: columns with a sample, and the roles to be found. */
import { describe, expect, test } from "bun:test";

import type { ColumnRoles } from "../../src/column-roles.ts";
import { decideRoles } from "../../src/columns/roles.ts";
import type { ColumnValue } from "../../src/events.ts";

const ROWS = 12;
const NOW = Date.UTC(2026, 10, 27);
/** Newest first. */
const each = (make: (at: number) => ColumnValue): ColumnValue[] =>
  Array.from({ length: ROWS }, (_, at) => make(ROWS - at));
const seconds = (offset = 0) => each((at) => BigInt(1_790_000_000 + at * 61 + offset));
const millis = (offset = 0) => each((at) => BigInt(1_790_000_000_000 + at * 61_000 + offset));
const written = (offset = 0) =>
  each((at) => new Date(1_790_000_000_000 + at * 61_000 + offset).toISOString());
const webkit = each((at) => (11_644_473_600n + 1_790_000_000n + BigInt(at * 61)) * 1_000_000n);
const apple = each((at) => 1_790_000_000 - 978_307_200 + at * 61.5);
const of = (...values: ColumnValue[]) => each((at) => values[at % values.length] ?? null);
const small = each((at) => BigInt(1 + (at % 3)));
const ids = each((at) => BigInt(500 + at * 7));
const json = each((at) => JSON.stringify({ at }));
const sentence = each((at) => `Something happened to number ${at} today`);
const nothing = of(null);
const zero = of(0n);

const SHAPES: readonly (readonly [string, Record<string, ColumnValue[]>, ColumnRoles, ColumnValue[]?])[] = [
  [
    "a browser's visits",
    { url: ids, visit_time: webkit, from_visit: zero, transition: small },
    { time: "visit_time" },
  ],
  [
    "a server's audit with uuids",
    {
      event_type: small,
      user_uuid: of("a-1", "b-2"),
      act_user_uuid: of("c-3", "d-4"),
      event_date: written(),
      device_type: zero,
    },
    { time: "event_date", type: "event_type", actor: "act_user_uuid" },
  ],
  [
    "annotations in ms",
    {
      user_id: small,
      type: of(""),
      title: of(""),
      text: sentence,
      epoch: millis(),
      epoch_end: millis(),
      data: json,
    },
    { time: "epoch", actor: "user_id", summary: "text", metadata: "data" },
  ],
  [
    "versions of records",
    {
      item_type: of("Invoice", "Order"),
      item_id: ids,
      event: of("create", "update"),
      whodunnit: of("ann", "bob"),
      object_changes: json,
      created_at: written(),
    },
    { time: "created_at", type: "event", actor: "whodunnit", target: "item_id", metadata: "object_changes" },
  ],
  [
    "an activity log with causer and subject",
    {
      log_name: of("default"),
      description: sentence,
      subject_id: ids,
      causer_id: small,
      properties: json,
      created_at: written(),
      updated_at: written(5),
    },
    {
      time: "created_at",
      actor: "causer_id",
      target: "subject_id",
      summary: "description",
      metadata: "properties",
    },
  ],
  [
    "reserved jobs",
    {
      queue: of("a", "b"),
      payload: json,
      attempts: small,
      reserved_at: of(null, 1_790_000_000n),
      available_at: seconds(60),
      created_at: seconds(),
    },
    { time: "created_at", type: "queue", metadata: "payload" },
  ],
  [
    "log records",
    {
      timestamp: each((at) => 1_790_000_000_000_000_000n + BigInt(at) * 10n ** 9n),
      severity_text: of("INFO", "ERROR"),
      severity_number: small,
      body: sentence,
      service_name: of("api", "web"),
      attributes: json,
    },
    {
      time: "timestamp",
      type: "severity_text",
      actor: "service_name",
      summary: "body",
      metadata: "attributes",
    },
  ],
  [
    "camera events",
    {
      label: of("person", "car"),
      camera: of("door", "yard"),
      start_time: each((at) => 1_790_000_000.5 + at * 61),
      end_time: each((at) => 1_790_000_009.5 + at * 61),
      data: json,
    },
    { time: "start_time", type: "label", target: "camera", metadata: "data" },
  ],
  [
    "glued names",
    {
      eventtype: of("join", "leave"),
      userid: of("u1", "u2"),
      channelid: of("c1", "c2"),
      message: sentence,
      createat: millis(),
      updateat: millis(9),
    },
    { time: "createat", type: "eventtype", actor: "userid", target: "channelid", summary: "message" },
  ],
  [
    "Core Data",
    {
      ZSTARTDATE: apple,
      ZENDDATE: apple.map((value) => Number(value) + 1),
      ZSTREAMNAME: of("/app", "/lock"),
      ZVALUETYPE: small,
    },
    { time: "ZSTARTDATE" },
  ],
  [
    "a key that is the time",
    { cid: ids, ease: small, ivl: small, time: each((at) => BigInt(4000 + (at % 5) * 311)) },
    { time: "id" },
    millis(),
  ],
  [
    "flips of a check",
    { created: written(), old_status: of("up", "down"), new_status: of("down", "up"), owner_id: small },
    { time: "created", type: "new_status", actor: "owner_id" },
  ],
  [
    "a syslog",
    {
      ReceivedAt: written(),
      Facility: small,
      Priority: small,
      FromHost: of("a", "b"),
      Message: sentence,
      SysLogTag: of("cron:", "sshd:"),
    },
    { time: "ReceivedAt", actor: "FromHost", summary: "Message" },
  ],
  [
    "builds",
    {
      author: of("ann", "bob"),
      event: of("push", "tag"),
      status: of("success", "failure"),
      created: seconds(),
      started: seconds(2),
      finished: seconds(9),
      timestamp: zero,
      message: sentence,
    },
    { time: "created", type: "event", actor: "author", summary: "message" },
  ],
  [
    "sign-ins",
    {
      time: written(),
      successful: small,
      username: of("ann", "bob"),
      auth_type: of("1FA", "2FA"),
      remote_ip: of("192.0.2.1", "192.0.2.2"),
      request_uri: nothing,
    },
    { time: "time", type: "auth_type", actor: "username" },
  ],
];

describe("shapes that no case has", () => {
  for (const [name, columns, wanted, keyValues = []] of SHAPES) {
    test(name, () => {
      const readings = decideRoles({
        key: "id",
        keyValues,
        columns: Object.entries(columns).map(([column, values]) => ({ name: column, values })),
        given: {},
        before: undefined,
        nowMs: NOW,
      });
      const found = Object.fromEntries(Object.entries(readings).map(([role, { column }]) => [role, column]));
      expect(found).toMatchObject(wanted);
    });
  }
});

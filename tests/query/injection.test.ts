/** Whatever a request, a name or a value holds: it is refused, or it finds the right rows, and the file stays as it is. */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";

import { quoteName } from "../../src/db/quote-name.ts";
import type { EventJson, EventList } from "../../src/events.ts";
import { Scratch } from "../support/scratch.ts";
import { Server } from "../support/server.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const TABLE = `ev"ents'] ; DROP TABLE victims; -- ?1 :a @b $c`;

const PAYLOADS = [
  "'; DROP TABLE victims; --",
  '"; DROP TABLE victims; --',
  "' OR '1'='1",
  '" OR ""="',
  "1 OR 1=1",
  "1; DELETE FROM victims",
  "1) UNION SELECT sql FROM sqlite_schema --",
  "]; ATTACH 'x' AS y; --",
  "`x` [y] \"z\" 'w'",
  "/* */ -- x",
  "?1",
  "? ?2 :a @b $c",
  "\0",
  "a\0b'; DROP TABLE victims; --",
  "\u{feff}‮ﬁ🚀 ̈ǅ",
  "\ud800",
  "%' ESCAPE '%",
  "%_%\\",
  "[^a]*?",
  "$.a') OR 1=1 --",
  '"]."a',
  "\\\\\\",
  "load_extension('x')",
  "9223372036854775808",
  "-9223372036854775809",
  "1e999",
  "NaN",
  "x".repeat(3000),
  "a,".repeat(99),
  "\n\r\t",
];

/** As a table can have them. The last one is numbered like a parameter. */
const COLUMNS = [
  `co"l'; DROP TABLE victims; --`,
  "[brackets]",
  "`ticks`",
  "a.b[0]",
  "?1",
  ":name",
  "ünï🚀",
  "--",
  "id ",
  "q",
  "a:b c",
  "*",
  "rowid'",
];

/** Ids that a number of JavaScript would round. */
const idOf = (at: number): bigint => 2n ** 53n + 1n + BigInt(at) * 2n ** 20n;

/** What is in the column of a row. SQLite keeps no half of a character. */
const textOf = (at: number): string => (PAYLOADS[at] ?? "").replace("\ud800", "half");

const scratch = new Scratch();
const path = scratch.path("hostile.db");
let server: Server;

function contents(): unknown {
  using database = new Database(path, { readonly: true, safeIntegers: true });
  const all = (sql: string): unknown => database.query(sql).values();
  return {
    schema: all("SELECT type, name, sql FROM sqlite_schema"),
    rows: all(`SELECT * FROM ${quoteName(TABLE)}`),
    victims: all("SELECT * FROM victims"),
  };
}

const hashOfFile = async (): Promise<string> => Bun.hash(await Bun.file(path).arrayBuffer()).toString(36);

let before: unknown;
let hashBefore = "";

beforeAll(async () => {
  {
    using database = new Database(path);
    database.run("CREATE TABLE victims (a); INSERT INTO victims VALUES (1)");
    database.run(
      `CREATE TABLE ${quoteName(TABLE)} (id INTEGER PRIMARY KEY, timestamp TEXT, event_type TEXT, actor TEXT, target TEXT, summary TEXT, metadata TEXT, state INTEGER,
        ${COLUMNS.map((name) => `${quoteName(name)} TEXT`).join(", ")})`,
    );
    for (const [at] of PAYLOADS.entries()) {
      const text = textOf(at);
      const values = COLUMNS.map((_, place) => `${place}:${text}`);
      database.run(
        `INSERT INTO ${quoteName(TABLE)} VALUES (?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), ?, ?, ?, ?, ?, ?, ${values.map(() => "?").join(", ")})`,
        [
          idOf(at),
          `type ${at % 3}`,
          text,
          `target ${at}`,
          `summary ${at}`,
          JSON.stringify({ [text]: at, "a.b'c": at }),
          at % 3,
          ...values,
        ],
      );
    }
    database.run("PRAGMA journal_mode = WAL");
  }
  before = contents();
  hashBefore = await hashOfFile();
  server = await Server.start([
    path,
    "--table",
    TABLE,
    "--labels",
    `state:0='; DROP TABLE labels; --,state:1="up" [label] ?9`,
  ]);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

function url(route: string, parameters: Record<string, string>): string {
  return `${route}?${new URLSearchParams(parameters).toString()}`;
}

/** Quoted as a name or a value of a question. */
const quoted = (text: string): string => `"${text.replaceAll(/["\\*]/g, "\\$&")}"`;

async function find(question: string): Promise<string[]> {
  const response = await server.fetch(url("/api/events", { q: question, limit: "500", budget: "5000" }));
  const text = await response.text();
  expect({ question, text, status: response.status }).toEqual({ question, text, status: 200 });
  const { items }: EventList = JSON.parse(text);
  return items.map(({ id }) => String(id)).toReversed();
}

const idsWhere = (holds: (text: string, at: number) => boolean): string[] =>
  PAYLOADS.flatMap((_, at) => (holds(textOf(at), at) ? [String(idOf(at))] : []));

const ROUTES: Readonly<Record<string, readonly string[]>> = {
  "/api/events": [
    "q",
    "type",
    "actor",
    "target",
    "since",
    "until",
    "limit",
    "before",
    "after",
    "at",
    "budget",
  ],
  "/api/events/export": ["q", "type", "actor", "target", "since", "until", "format"],
  "/api/events/sql": ["q", "type", "actor", "target", "since", "until"],
  "/api/stats": ["q", "type", "actor", "target", "since", "until", "window", "bucket", "to", "budget"],
  "/api/events/stream": ["q", "lastEventId", "log", "after"],
  "/api/status": ["q"],
  "/healthz": ["q"],
  "/metrics": ["q"],
};

describe.each(Object.entries(ROUTES))("%s", (route, parameters) => {
  test.each(parameters)("whatever is in the parameter %s, there is an answer or a 400", async (name) => {
    for (const payload of [...PAYLOADS, ...PAYLOADS.map((text) => `type:${quoted(text)}`)]) {
      const response = await server.fetch(url(route, { [name]: payload }));
      const { status } = response;
      // A stream never ends by itself.
      const text = status === 200 && route.endsWith("stream") ? "" : await response.text();
      await response.body?.cancel().catch(() => {});
      const isAnswered = status === 200 || status === 400;
      expect({ route, name, payload, status, text, isAnswered }).toMatchObject({ isAnswered: true });
      expect(text).not.toContain("SQLITE");
    }
  });

  test("whatever a parameter is called, it is refused", async () => {
    for (const payload of PAYLOADS) {
      const response = await server.fetch(url(route, { [payload]: "1" }));
      await response.body?.cancel();
      expect(response.status).toBe(
        ["/healthz", "/metrics", "/api/status"].includes(route) ? response.status : 400,
      );
    }
  });
});

test("whatever stands for an id in a path, there is the row, a 400 or a 404", async () => {
  for (const payload of PAYLOADS) {
    const response = await server.fetch(`/api/events/${encodeURIComponent(payload.toWellFormed())}`);
    await response.text();
    expect([400, 404]).toContain(response.status);
  }
  for (const [at] of PAYLOADS.entries()) {
    const row = await server.json<EventJson>(`/api/events/${idOf(at)}`);
    expect(row["id"]).toBe(String(idOf(at)));
    expect(row["actor"]).toBe(textOf(at));
  }
});

describe("the right rows are found", () => {
  test("by a word or phrase, whatever is in it", async () => {
    for (const [at] of PAYLOADS.entries()) {
      const text = textOf(at);
      // For SQLite a text ends there.
      if (text.includes("\0")) continue;
      expect({ text, ids: await find(quoted(text)) }).toEqual({
        text,
        ids: idsWhere((other) => other.toLowerCase().includes(text.toLowerCase())),
      });
    }
  });

  test("by the value of a column, whatever is in either", async () => {
    for (const [place, name] of COLUMNS.entries()) {
      for (const [at] of PAYLOADS.entries()) {
        const text = `${place}:${textOf(at)}`;
        const ids = idsWhere((other) => `${place}:${other}` === text);
        expect({
          name,
          text,
          ids: await find(`${quoted(name).replaceAll("\\*", "*")}:${quoted(text)}`),
        }).toEqual({ name, text, ids });
      }
    }
  });

  test("by a parameter", async () => {
    for (const [at] of PAYLOADS.entries()) {
      const text = textOf(at);
      const list = await server.json<EventList>(url("/api/events", { actor: quoted(text), limit: "500" }));
      expect(list.items.map(({ id }) => String(id)).toReversed()).toEqual(
        idsWhere((other) => other === text),
      );
    }
  });

  test("by a member of JSON, whatever it is called", async () => {
    for (const [at] of PAYLOADS.entries()) {
      const text = textOf(at);
      const question = `metadata.${quoted(text).replaceAll("\\*", "*")}:${at}`;
      expect({ question, ids: await find(question) }).toEqual({ question, ids: [String(idOf(at))] });
      expect(await find(`metadata."a.b'c":${at}`)).toEqual([String(idOf(at))]);
    }
  });

  test("by a label", async () => {
    expect(await find(`state:${quoted("'; DROP TABLE labels; --")}`)).toEqual(
      idsWhere((_, at) => at % 3 === 0),
    );
    expect(await find(`state:${quoted('"up" [label] ?9')}`)).toEqual(idsWhere((_, at) => at % 3 === 1));
  });

  test("by an id that a number would round", async () => {
    expect(await find(`id:${idOf(3)}`)).toEqual([String(idOf(3))]);
    expect(await find(`id:>${idOf(3)} id:<${idOf(5)}`)).toEqual([String(idOf(4))]);
    expect(await find(`id:>=${idOf(3) + 1n} id:<=${idOf(4)}`)).toEqual([String(idOf(4))]);
    expect(await find("id:9223372036854775808")).toEqual([]);
    expect(await find("id:>-9223372036854775809 id:<9223372036854775808")).toEqual(idsWhere(() => true));
  });
});

test("a NUL character is refused where SQLite would not look beyond it", async () => {
  for (const question of ["\0", "a\0*", "actor:a\0*", "metadata.a:\0*"]) {
    const response = await server.fetch(url("/api/events", { q: question }));
    expect({ question, status: response.status }).toEqual({ question, status: 400 });
    expect(await response.text()).toContain("NUL");
  }
});

test("the file is as it was", async () => {
  expect(contents()).toEqual(before);
  expect(await hashOfFile()).toBe(hashBefore);
  expect(server.log.filter(({ level }) => level === "error")).toEqual([]);
});

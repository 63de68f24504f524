/** The tables of shapes.ts as PostgreSQL has them. */
import { nameSql } from "../../src/query/sql.ts";
import type { Cell, OracleRow } from "./oracle.ts";
import type { Postgres } from "./postgres.ts";
import { KINDS, type Shape, SHAPES } from "./shapes.ts";

export interface PostgresShape {
  readonly name: string;
  readonly shape: Shape;
  readonly ddl: string;
  /** The columns that can't hold what is no JSON. */
  readonly documents: readonly string[];
  /** SQL that makes what is stored of an instant, which is $1 in ms. */
  readonly time: string;
}

const ISO = `to_timestamp($1::text::float8 / 1000)`;

export const POSTGRES_SHAPES: readonly PostgresShape[] = [
  {
    name: "timestamptz and jsonb",
    shape: shapeNamed("the documented table"),
    ddl: `CREATE TABLE events (id bigint PRIMARY KEY, "timestamp" timestamptz, event_type text, actor_id varchar(50),
      target_id text, target_type text, summary text, metadata jsonb)`,
    documents: ["metadata"],
    time: ISO,
  },
  {
    name: "times and documents in texts",
    shape: shapeNamed("the documented table"),
    ddl: `CREATE TABLE events (id bigint PRIMARY KEY, "timestamp" text, event_type text, actor_id text,
      target_id text, target_type text, summary text, metadata text)`,
    documents: [],
    time: `to_char(${ISO} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  },
  {
    name: "a queue of jobs",
    shape: shapeNamed("a queue of jobs"),
    ddl: `CREATE TABLE events (id bigint PRIMARY KEY, queue text, state varchar(20), attempts integer, created_at bigint,
      worker text, payload json, error_message text, loose text, flavour text)`,
    documents: ["payload"],
    time: "$1::text::int8",
  },
  ...["Home Assistant's tables, with their references", "a view of Home Assistant's tables"].map((name) => ({
    name,
    shape: shapeNamed(name),
    ddl: `CREATE TABLE event_types (event_type_id integer PRIMARY KEY, event_type text);
      INSERT INTO event_types VALUES ${KINDS.map((text, at) => `(${at + 1}, '${text}')`).join(", ")};
      CREATE TABLE events (event_id bigint PRIMARY KEY, time_fired_ts float8, shared_data text, context_user text,
        event_type_id integer REFERENCES event_types(event_type_id));
      CREATE VIEW seen AS SELECT e.event_id AS id, e.time_fired_ts, e.shared_data, e.context_user, t.event_type
        FROM events e LEFT JOIN event_types t USING (event_type_id)`,
    documents: [],
    time: "$1::text::float8 / 1000",
  })),
];

function shapeNamed(name: string): Shape {
  const shape = SHAPES.find((other) => other.name === name);
  if (shape === undefined) throw new Error(`there is no shape ${name}`);
  return shape;
}

/** Rows as both kinds of database can hold them. */
export function postgresRows({ documents, ddl }: PostgresShape, rows: readonly OracleRow[]): OracleRow[] {
  return rows.map((row) => ({
    ...row,
    cells: Object.fromEntries(
      Object.entries(row.cells).map(([name, cell]): [string, Cell] => {
        if (documents.includes(name) && cell.document === undefined) return [name, { value: null }];
        if (name === "loose" && cell.value !== null) return [name, { ...cell, value: String(cell.value) }];
        // jsonb keeps no order of members, and a star may stand for several of them.
        if (documents.includes(name) && documentType(ddl, name) === "jsonb")
          return [name, { ...cell, value: JSON.stringify(inOrder(cell.document)) }];
        return [name, cell];
      }),
    ),
  }));
}

export async function createPostgresShape(
  postgres: Postgres,
  database: string,
  { shape, ddl, time }: PostgresShape,
  rows: readonly OracleRow[],
): Promise<void> {
  await using sql = postgres.connect(database);
  await sql.unsafe(ddl).simple();
  const names = shape.columns.map(({ name }) =>
    name === "event_type" && shape.into !== shape.followed ? "event_type_id" : name,
  );
  const columns = [shape.time, shape.intoKey, ...names].map((name) => nameSql(name).text).join(", ");
  const places = [time, ...[shape.intoKey, ...names].map((_, at) => `$${at + 2}`)].join(", ");
  for (const { id, atMs, cells } of rows) {
    const values = shape.columns.map(({ name }) => {
      const value = cells[name]?.value ?? null;
      return name === "event_type" && shape.into !== shape.followed && value !== null
        ? KINDS.indexOf(String(value)) + 1
        : value;
    });
    const bound = [atMs, id, ...values].map((value) =>
      value === null || value === undefined ? null : String(value),
    );
    // A text that is bound for jsonb would become a text of JSON.
    const casts = places.replaceAll(/\$(\d+)(?!\d|::)/g, (place, at) => {
      const name = names[Number(at) - 3];
      return name === "metadata" || name === "payload" ? `${place}::text::${documentType(ddl, name)}` : place;
    });
    await sql.unsafe(`INSERT INTO ${nameSql(shape.into).text} (${columns}) VALUES (${casts})`, bound);
  }
}

/** Members as jsonb keeps them: short names first. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).toSorted(
    ([a], [b]) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0),
  );
  return Object.fromEntries(members.map(([name, member]) => [name, inOrder(member)]));
}

function documentType(ddl: string, name: string): string {
  return new RegExp(`${name} (\\w+)`).exec(ddl)?.[1] ?? "text";
}

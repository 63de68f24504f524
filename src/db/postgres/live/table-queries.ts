/** The small questions about a table: how far it goes, what it is stored in, a few ids, one row. */
import type { SampledColumn } from "../../../columns/sample.ts";
import type { ColumnValue, EventId } from "../../../events.ts";
import { quoteName } from "../../quote-name.ts";
import { channelOf } from "../channel.ts";
import { sampleColumns } from "../log-table.ts";
import type { Ask } from "../session.ts";
import { SNAPSHOT, versionOf } from "../snapshot-version.ts";
import type { Cell, Client } from "./client.ts";
import { drawnSql } from "./row-queries.ts";
import type { FollowedShape } from "./table-shape.ts";

/** Everything that a thorough look compares. */
export interface TableState {
  readonly newestId: EventId | undefined;
  readonly oldestId: EventId | undefined;
  /** Undefined where the table is gone. */
  readonly storage: string | undefined;
  /** The table that the name stands for now. */
  readonly oid: bigint | undefined;
  /** Of the sequence: another one after TRUNCATE … RESTART IDENTITY. */
  readonly sequenceStorage: string | undefined;
  /** The largest id that was drawn; undefined where the role may not see it. */
  readonly drawnId: EventId | undefined;
  /** Of the columns: another text after ALTER TABLE. */
  readonly columns: string;
  readonly isAnnounced: boolean;
}

export interface Gap {
  readonly from: EventId;
  readonly to: EventId;
}

export class TableQueries {
  readonly #client: Client;
  readonly #table: FollowedShape;
  readonly #from: string;
  readonly #key: string;
  readonly #state: string;

  constructor(client: Client, table: FollowedShape) {
    this.#client = client;
    this.#table = table;
    this.#from = `FROM ${table.quoted} AS t`;
    this.#key = `t.${quoteName(table.log.key)}`;
    const { oid, sequence, quoted } = table;
    this.#state = `SELECT (SELECT max(${this.#key}) ${this.#from})::text, (SELECT min(${this.#key}) ${this.#from})::text,
      pg_relation_filenode(${oid})::text, to_regclass('${quoted.replaceAll("'", "''")}')::oid::text,
      ${sequence === undefined ? "NULL" : `pg_relation_filenode(${sequence.oid})::text`},
      (${drawnSql(table)})::text,
      (SELECT string_agg(concat(attnum, attname, atttypid, attisdropped), ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = ${oid} AND attnum > 0),
      EXISTS (SELECT FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
        WHERE g.tgrelid = ${oid} AND NOT g.tgisinternal AND g.tgenabled IN ('O', 'A')
          AND (strpos(p.prosrc, $1::text) > 0 OR strpos(encode(g.tgargs, 'escape'), $1::text) > 0))`;
  }

  async state(): Promise<TableState> {
    const [found = []] = await this.#client.query(this.#state, [channelOf(this.#table)]);
    const [newest, oldest, storage, oid, sequenceStorage, drawn, columns, isAnnounced] = found;
    return {
      newestId: idOf(newest),
      oldestId: idOf(oldest),
      storage: textOf(storage),
      oid: idOf(oid),
      sequenceStorage: textOf(sequenceStorage),
      drawnId: idOf(drawn),
      columns: String(columns),
      isAnnounced: isAnnounced === true,
    };
  }

  /** What the state of the database is called, whatever table was written to. */
  async version(): Promise<string> {
    const [found] = await this.#client.ask(SNAPSHOT);
    return versionOf(String(found?.[0] ?? ""));
  }

  /** The lowest ids after one, and the newest that was seen or drawn. */
  async idsAfter(id: EventId, limit: number): Promise<{ ids: EventId[]; newestId: EventId | undefined }> {
    const found = await this.#client.query(
      `SELECT ${this.#key}::text, greatest((SELECT max(${this.#key}) ${this.#from}), (SELECT ${drawnSql(this.#table)}))::text ${this.#from}
        WHERE ${this.#key} > $1::bigint ORDER BY ${this.#key} LIMIT $2::int8`,
      [id, limit],
    );
    const ids = found.map(([each]) => BigInt(String(each)));
    return { ids, newestId: idOf(found[0]?.[1]) };
  }

  /** Ids that no row has, between rows after an id and up to another: those of the newest rows. */
  async gaps(after: EventId, upTo: EventId, limitRows: number): Promise<Gap[]> {
    const found = await this.#client.query(
      `SELECT before + 1, id - 1 FROM (
        SELECT id, lag(id) OVER (ORDER BY id) AS before FROM (
          SELECT ${this.#key}::bigint AS id ${this.#from} WHERE ${this.#key} > $1::bigint AND ${this.#key} <= $2::bigint
            ORDER BY ${this.#key} DESC LIMIT $3::int8) AS newest
      ) AS pairs WHERE id > before + 1 ORDER BY id`,
      [after, upTo, limitRows],
    );
    return found.map(([from, to]) => ({ from: BigInt(String(from)), to: BigInt(String(to)) }));
  }

  /** Rows in what were gaps. @param limitRows of each gap */
  async rowsIn(gaps: readonly Gap[], limitRows: number): Promise<EventId[]> {
    const list = (ids: readonly EventId[]): string => `{${ids.join(",")}}`;
    const found = await this.#client.query(
      `SELECT f.id FROM unnest($1::text::bigint[], $2::text::bigint[]) AS g(a, b)
        CROSS JOIN LATERAL (SELECT ${this.#key}::text AS id ${this.#from}
          WHERE ${this.#key} BETWEEN g.a AND g.b LIMIT $3::int8) AS f`,
      [list(gaps.map(({ from }) => from)), list(gaps.map(({ to }) => to)), limitRows],
    );
    return found.map(([id]) => BigInt(String(id)));
  }

  /** How many rows come after an id, and up to another, counted up to a limit. */
  async count(after: EventId, upTo: EventId, limit: number): Promise<number> {
    const [found] = await this.#client.query(
      `SELECT count(*)::int4 FROM (SELECT ${this.#from} WHERE ${this.#key} > $1::bigint AND ${this.#key} <= $2::bigint
        ORDER BY ${this.#key} LIMIT $3::int8) AS c`,
      [after, upTo, limit],
    );
    return Number(found?.[0] ?? 0);
  }

  /** The id of the last row of a window after an id; undefined where the window has all up to the other. */
  async endOfWindow(after: EventId, upTo: EventId, rows: number): Promise<EventId | undefined> {
    const [found] = await this.#client.query(
      `SELECT ${this.#key}::text ${this.#from} WHERE ${this.#key} > $1::int8 AND ${this.#key} <= $2::int8
        ORDER BY ${this.#key} OFFSET $3::int8 LIMIT 1`,
      [after, upTo, rows - 1],
    );
    return idOf(found?.[0]);
  }

  /** In bytes, with its indexes. */
  async size(): Promise<number> {
    const relations = this.#table.isPartitioned
      ? `(SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree(${this.#table.oid}))`
      : `pg_total_relation_size(${this.#table.oid})`;
    const [found] = await this.#client.query(`SELECT ${relations}::float8`);
    return Number(found?.[0] ?? 0);
  }

  /** The newest rows by column, newest first; long values are cut. */
  async sample(): Promise<{ keyValues: readonly ColumnValue[]; columns: readonly SampledColumn[] }> {
    const { table, columns, references, key } = this.#table.log;
    const ask: Ask = (statement, nowMs) => this.#client.ask(statement, nowMs);
    const [keys, ...others] = await sampleColumns(ask, table, columns, [key]);
    return {
      keyValues: keys?.values ?? [],
      columns: others.map((column) => {
        const text = references.find((reference) => reference.column === column.name)?.text;
        return text === undefined ? column : { ...column, referencedName: text };
      }),
    };
  }
}

function idOf(cell: Cell | undefined): EventId | undefined {
  return cell === null || cell === undefined ? undefined : BigInt(String(cell));
}

function textOf(cell: Cell | undefined): string | undefined {
  return cell === null || cell === undefined ? undefined : String(cell);
}

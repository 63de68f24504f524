/** The statements that read rows of a table by its key, within limits of rows and bytes. */
import type { EventId, EventRow, PageLimits } from "../../../events.ts";
import { postgresSql } from "../../../query/postgres-sql.ts";
import { joinSql, Sql, sql } from "../../../query/sql.ts";
import { columnSql, ROW, type RowsQuery, rowsQuery } from "../rows.ts";
import type { PostgresColumn } from "../table.ts";
import { isShort } from "../values.ts";
import type { Cells, Client } from "./client.ts";
import { RepeatedIdError } from "./table-errors.ts";
import type { FollowedShape } from "./table-shape.ts";

/** A larger value stands as null in a page, and counts no more. In bytes. */
const MOST_COUNTED_BYTES = 65_536;

/** What a value counts besides itself and the name of its column, as with SQLite. */
const BYTES_PER_VALUE = 24;

/** Columns that are added to those of the table; nobody calls theirs so. */
const SIZE = new Sql('"tailboard:size"');
const SIZE_BEFORE = new Sql('"tailboard:before"');
const FOUND = new Sql('"tailboard:found"');

/** Rows, oldest first, as far as the limits let them. */
export interface RowsFound {
  readonly rows: readonly EventRow[];
  /** Whether one of the limits ended it. */
  readonly hasMore: boolean;
  /** What the table is stored in: another number after TRUNCATE. Undefined where there is no row, and of partitions. */
  readonly storage: string | undefined;
  /** As in `drawnSql`. Undefined where there is no row, too. */
  readonly drawnId: EventId | undefined;
}

/** After which id, up to which, how many rows, and how many bytes, in the order in which a statement has them. */
type Bounds = readonly [EventId, EventId, number, number];

/** SQL of the largest id that was drawn from the sequence, whatever became of it; NULL where the role may not see it. */
export function drawnSql({ sequence }: FollowedShape): string {
  return sequence?.isReadable === true ? `pg_sequence_last_value(${sequence.oid})` : "NULL";
}

export class RowQueries {
  /** The key first. */
  readonly columns: readonly string[];
  /** SQL of the key, and of where the rows are. */
  readonly key: Sql;
  readonly from: Sql;
  readonly #client: Client;
  readonly #query: RowsQuery;
  readonly #raw: Sql;
  readonly #storage: Sql;
  readonly #drawn: Sql;
  /** The statement of rows without a condition, made once: each commit waits for it. Its values are `Bounds`. */
  readonly #anyRows: string;

  constructor(client: Client, shape: FollowedShape) {
    const { oid, quoted, log } = shape;
    this.#client = client;
    this.#drawn = new Sql(drawnSql(shape));
    this.columns = log.columns.map(({ name }) => name);
    this.#query = rowsQuery(log.columns, log.references);
    this.key = columnSql(log.key);
    this.from = sql`${new Sql(quoted)} AS ${ROW}`;
    const own = this.columns.reduce((sum, name) => sum + name.length + BYTES_PER_VALUE, 0);
    const sizes = [
      new Sql(String(own)),
      ...log.columns.filter(({ stored }) => !isShort(stored)).map(sizeSql),
    ];
    const raw = log.columns.map(({ name }) => columnSql(name));
    this.#raw = sql`${joinSql(raw, ", ")}, ${new Sql(sizes.map(({ text }) => text).join(" + "))} AS ${SIZE}`;
    // The table is named by number, because its name may stand for another one by now.
    this.#storage = new Sql(`pg_relation_filenode(${oid})`);
    this.#anyRows = postgresSql(this.#rowsWithin([0n, 0n, 0, 0], sql``), 0).text;
  }

  /**
   * The rows after an id and up to another, oldest first.
   * @param condition on the row, where not all of them are wanted
   * @throws RepeatedIdError, or what the client throws
   */
  async after(after: EventId, upTo: EventId, limits: PageLimits, condition?: Sql): Promise<RowsFound> {
    const bounds = [after, upTo, limits.rows + 1, limits.bytes] as const;
    const found =
      condition === undefined
        ? await this.#client.query(this.#anyRows, bounds)
        : await this.#client.ask(this.#rowsWithin(bounds, sql` AND (${condition})`));
    const rows: EventRow[] = [];
    for (const cells of found.slice(0, limits.rows)) {
      const row = this.#row(cells);
      if (row.id === rows.at(-1)?.id) throw new RepeatedIdError(row.id);
      rows.push(row);
    }
    const [count, storage, drawn] = found[0]?.slice(this.#query.width) ?? [];
    return {
      rows,
      hasMore: Number(count ?? 0) > rows.length,
      storage: typeof storage === "string" ? storage : undefined,
      drawnId: typeof drawn === "string" ? BigInt(drawn) : undefined,
    };
  }

  /** The newest rows up to each of some ids, newest first. */
  async upTo(ids: readonly EventId[]): Promise<EventRow[]> {
    const key = this.key;
    const found = await this.#client.ask(sql`SELECT ${this.#query.selected} FROM (
      SELECT DISTINCT ON (${key}) ${ROW}.* FROM unnest(${`{${ids.join(",")}}`}::text::int8[]) AS wanted(upto)
      CROSS JOIN LATERAL (SELECT ${this.#raw} FROM ${this.from} WHERE ${key} <= wanted.upto ORDER BY ${key} DESC LIMIT 1) AS ${ROW}
      ) AS ${ROW} ORDER BY ${key} DESC`);
    return found.map((cells) => this.#row(cells));
  }

  #rowsWithin([after, upTo, limit, bytes]: Bounds, condition: Sql): Sql {
    const key = this.key;
    const inner = sql`SELECT ${this.#raw} FROM ${this.from}
      WHERE ${key} > ${after}::int8 AND ${key} <= ${upTo}::int8${condition} ORDER BY ${key} LIMIT ${limit}::int8`;
    const measured = sql`SELECT ${ROW}.*, count(*) OVER ()::int4 AS ${FOUND},
      sum(${SIZE}) OVER (ORDER BY ${key} ROWS UNBOUNDED PRECEDING) - ${SIZE} AS ${SIZE_BEFORE}
      FROM (${inner}) AS ${ROW}`;
    return sql`SELECT ${this.#query.selected}, ${FOUND}, (SELECT ${this.#storage})::text, (SELECT ${this.#drawn})::text
      FROM (${measured}) AS ${ROW} WHERE ${SIZE_BEFORE} < ${bytes}::int8 ORDER BY ${key}`;
  }

  #row(cells: Cells): EventRow {
    const { bytes: _, ...row } = this.#query.row(cells);
    const [id] = row.values;
    if (typeof id !== "bigint") throw new Error("reading rows of PostgreSQL: a key is no integer");
    return { id, ...row };
  }
}

/** About how many bytes a value takes, which is known without reading it. */
function sizeSql({ name, stored }: PostgresColumn): Sql {
  const column = columnSql(name);
  const bytes =
    stored === "text" || stored === "bytes" ? sql`octet_length(${column})` : sql`pg_column_size(${column})`;
  return sql`least(coalesce(${bytes}, 0), ${new Sql(String(MOST_COUNTED_BYTES))})`;
}

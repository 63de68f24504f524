/** The statements that read rows of a table by its key, within limits of rows and bytes, and what makes rows of them. */
import type { ColumnValue, EventId, EventRow, PageLimits } from "../../../events.ts";
import { quoteName } from "../../quote-name.ts";
import type { Bound, Cells, Client } from "./client.ts";
import { RepeatedIdError } from "./table-errors.ts";
import type { FollowedShape } from "./table-shape.ts";
import { canBeLarge, isTooLarge, limitedSql, MAX_VALUE_BYTES, rowValue, sizeSql } from "./values.ts";

/** Bytes of one row in a page. In a larger row each value may have an equal share of it. */
const MAX_ROW_BYTES = 1_048_576;

/** What a value counts besides itself and the name of its column, as with SQLite. */
const BYTES_PER_VALUE = 24;

/** Rows, oldest first, as far as the limits let them. */
export interface RowsFound {
  readonly rows: readonly EventRow[];
  /** Whether one of the limits ended it. */
  readonly hasMore: boolean;
  /** What the table is stored in: another number after TRUNCATE. Undefined where there is no row, and in a partitioned table. */
  readonly storage: string | undefined;
}

/** A condition on the row `t`, with its values as `$5` and so on. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly Bound[];
}

/** Bound before those of a condition. */
const FIRST_FREE_PARAMETER = 5;

export class RowQueries {
  /** The key first. */
  readonly columns: readonly string[];
  readonly #client: Client;
  readonly #table: FollowedShape;
  readonly #outer: string;
  readonly #inner: string;

  constructor(client: Client, table: FollowedShape) {
    this.#client = client;
    this.#table = table;
    this.columns = [table.key, ...table.columns.map(({ name }) => name)];
    const own = this.columns.reduce((sum, name) => sum + name.length + BYTES_PER_VALUE, 0);
    const raw = table.columns.map(({ name }, at) => `, t.${quoteName(name)} AS c${at}`);
    const sizes = table.columns.map((column) => ` + ${sizeSql(column, `t.${quoteName(column.name)}`)}`);
    const large = table.columns.filter(canBeLarge).length;
    const share = Math.floor(MAX_ROW_BYTES / Math.max(1, large));
    const limit =
      share >= MAX_VALUE_BYTES
        ? String(MAX_VALUE_BYTES)
        : `CASE WHEN z > ${MAX_ROW_BYTES} THEN ${share} ELSE ${MAX_VALUE_BYTES} END`;
    const values = table.columns.map((column, at) => `, ${limitedSql(column, `c${at}`, limit)}`);
    // The table is named by number, because the name may stand for another one by now.
    this.#outer = `SELECT k, n, (SELECT pg_relation_filenode(${table.oid}))${values.join("")}`;
    this.#inner = `SELECT ${this.key}::bigint AS k${raw.join("")}, ${own}${sizes.join("")} AS z FROM ${this.from}`;
  }

  get from(): string {
    return `${this.#table.quoted} AS t`;
  }

  get key(): string {
    return `t.${quoteName(this.#table.key)}`;
  }

  /** @param text a number of a parameter stands in it as `$n`, for the first that is free */
  static renumber(text: string): string {
    let next = FIRST_FREE_PARAMETER;
    return text.replaceAll("$n", () => `$${next++}`);
  }

  /**
   * The rows after an id and up to another, oldest first.
   * @throws RepeatedIdError, or what the client throws
   */
  async after(after: EventId, upTo: EventId, limits: PageLimits, condition?: Condition): Promise<RowsFound> {
    const where = condition === undefined ? "" : ` AND (${condition.sql})`;
    const found = await this.#client.query(
      `${this.#outer} FROM (
        SELECT *, sum(z) OVER (ORDER BY k ROWS UNBOUNDED PRECEDING) - z AS before, count(*) OVER ()::int4 AS n
        FROM (${this.#inner} WHERE ${this.key} > $1::bigint AND ${this.key} <= $2::bigint${where}
          ORDER BY ${this.key} LIMIT $3::int8) AS i
      ) AS m WHERE before < $4::int8 ORDER BY k`,
      [after, upTo, limits.rows + 1, limits.bytes, ...(condition?.values ?? [])],
    );
    const kept = found.slice(0, limits.rows);
    const rows: EventRow[] = [];
    for (const cells of kept) {
      const row = this.#row(cells);
      if (row.id === rows.at(-1)?.id) throw new RepeatedIdError(row.id);
      rows.push(row);
    }
    const [first] = found;
    return {
      rows,
      hasMore: first !== undefined && Number(first[1]) > rows.length,
      storage:
        typeof first?.[2] === "bigint" || typeof first?.[2] === "number" ? String(first[2]) : undefined,
    };
  }

  /** The newest rows up to each of some ids, newest first. */
  async upTo(ids: readonly EventId[]): Promise<EventRow[]> {
    const found = await this.#client.query(
      `${this.#outer} FROM (
        SELECT DISTINCT ON (i.k) i.*, 1 AS n FROM unnest($1::text::bigint[]) AS w(id)
        CROSS JOIN LATERAL (${this.#inner} WHERE ${this.key} <= w.id ORDER BY ${this.key} DESC LIMIT 1) AS i
      ) AS m ORDER BY k DESC`,
      [`{${ids.join(",")}}`],
    );
    return found.map((cells) => this.#row(cells));
  }

  #row(cells: Cells): EventRow {
    const id = BigInt(String(cells[0]));
    const values: ColumnValue[] = [id];
    const truncated: string[] = [];
    for (const [at, column] of this.#table.columns.entries()) {
      const cell = cells[at + 3];
      if (isTooLarge(cell)) truncated.push(column.name);
      values.push(isTooLarge(cell) ? null : rowValue(column, cell));
    }
    return { id, values, truncated };
  }
}

import { countOf, REAL_ERROR_MS } from "../../columns/instant.ts";
/** The instant of a time column in SQL, where PostgreSQL can tell it as exactly as this program. */
import type { AskedColumn } from "../../query/asked-table.ts";
import { Sql, sql } from "../../query/sql.ts";
import { columnSql } from "./rows.ts";

/** No instant of JavaScript is further from 1970. In ms. */
const FURTHEST_MS = 8_640_000_000_000_000;

/**
 * @param zone of times without one
 * @returns ms since 1970 as int8, or NULL for what is no time; undefined where it has to be read here
 */
export function instantSql({ name, stored, time }: AskedColumn, zone: string): Sql | undefined {
  const value = columnSql(name);
  switch (stored ?? "text") {
    case "timestamptz":
      return finite(value, sql`extract(epoch FROM ${value}) * 1000`);
    case "timestamp":
    case "date":
      // Other zones have hours that occur twice, and PostgreSQL takes the second one.
      return zone === "UTC" ? finite(value, sql`extract(epoch FROM ${value}::timestamp) * 1000`) : undefined;
    case "integer":
    case "numeric":
    case "float8": {
      const count = time === undefined ? undefined : countOf(time);
      if (count === undefined) return undefined;
      const error = stored === "integer" ? "0" : String(REAL_ERROR_MS);
      const unit = new Sql(`${count.unitNs}::numeric / 1000000`);
      const start = new Sql(`(${count.startNs / 1_000_000n})`);
      return inRange(sql`${value}::numeric * ${unit} + ${start} + ${new Sql(error)}`);
    }
    case "boolean":
    case "bytes":
    case "document":
    case "float4":
    case "json":
    case "jsonb":
    case "other":
    case "text":
      return undefined;
  }
}

function finite(value: Sql, ms: Sql): Sql {
  return sql`(CASE WHEN isfinite(${value}) THEN floor(${ms})::int8 END)`;
}

/** NaN is above all numbers. */
function inRange(ms: Sql): Sql {
  const limit = new Sql(String(FURTHEST_MS));
  return sql`(CASE WHEN ${ms} BETWEEN -${limit} AND ${limit} THEN floor(${ms})::int8 END)`;
}

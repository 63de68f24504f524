/** The instant of a time column in SQL, where PostgreSQL can tell it as exactly as this program. */
import { countOf, REAL_ERROR_MS } from "../../columns/instant.ts";
import type { AskedColumn } from "../../query/asked-table.ts";
import { Sql, sql } from "../../query/sql.ts";
import { columnSql } from "./rows.ts";

/** No instant of JavaScript is further from 1970. In ms. */
const FURTHEST_MS = 8_640_000_000_000_000;

/** A time as PostgreSQL counts with it. */
export interface InstantSql {
  /** Of a row; NULL for what is no time. It rises with the time. */
  readonly value: Sql;
  /** The beginning of the bucket that such a value is in. */
  bucket(value: Sql, bucketMs: number): Sql;
  /** Such a value in whole ms since 1970. */
  ms(value: Sql): Sql;
}

/**
 * @param zone of times without one
 * @returns undefined where each value has to be read here
 */
export function instantSql({ name, stored, time }: AskedColumn, zone: string): InstantSql | undefined {
  const value = columnSql(name);
  switch (stored ?? "text") {
    case "timestamptz":
      return ofType(value, "timestamptz");
    case "timestamp":
      // Other zones have hours that occur twice, and PostgreSQL takes the second one.
      return zone === "UTC" ? ofType(value, "timestamp") : undefined;
    case "date":
      return zone === "UTC" ? ofType(sql`${value}::timestamp`, "timestamp") : undefined;
    case "integer":
    case "numeric":
    case "float8": {
      const count = time === undefined ? undefined : countOf(time);
      if (count === undefined) return undefined;
      const error = new Sql(stored === "integer" ? "0" : String(REAL_ERROR_MS));
      const unit = new Sql(`${count.unitNs}::numeric / 1000000`);
      const start = new Sql(`(${count.startNs / 1_000_000n})`);
      return {
        value: inRange(sql`${value}::numeric * ${unit} + ${start} + ${error}`),
        bucket: (ms, bucketMs) => {
          const length = new Sql(String(bucketMs));
          return sql`floor(${ms}::numeric / ${length}) * ${length}`;
        },
        ms: (ms) => ms,
      };
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

function ofType(value: Sql, type: "timestamptz" | "timestamp"): InstantSql {
  return {
    value: sql`(CASE WHEN isfinite(${value}) THEN ${value} END)`,
    bucket: (time, bucketMs) =>
      sql`date_bin(${new Sql(`INTERVAL '${bucketMs} milliseconds', `)}${time}, ${new Sql(type)} '1970-01-01 00:00:00+00')`,
    ms: (time) => sql`floor(extract(epoch FROM ${time}) * 1000)::int8`,
  };
}

/** NaN is above all numbers. */
function inRange(ms: Sql): Sql {
  const limit = new Sql(String(FURTHEST_MS));
  return sql`(CASE WHEN ${ms} BETWEEN -${limit} AND ${limit} THEN floor(${ms})::int8 END)`;
}

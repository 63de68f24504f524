/** Everything that matches, oldest first, as one text that is made while it is taken. */
import type { ExportFormat } from "../../archive.ts";
import { readInstant } from "../../columns/instant.ts";
import type { RowValue } from "../../events.ts";
import { columnOfRole } from "../../query/fields.ts";
import { type Sql, sql } from "../../query/sql.ts";
import type { Question } from "../../question.ts";
import { csvLine } from "../../rows/csv.ts";
import { rowJson } from "../../rows/json.ts";
import { compile, type FoundRow, foundRow, fromSql, type LogRead, orderSql } from "./log-read.ts";
import { readOne } from "./one.ts";
import { rowsQuery } from "./rows.ts";
import { WindowScan } from "./scan.ts";

/** Rows of one statement. */
const ROWS_AT_ONCE = 1000;

/** A row that is larger is exported without its largest values, which are named. In bytes. */
const MAX_ROW_BYTES = 16_777_216;

/** Each piece is read when the one before it was taken: a client that reads slowly holds no connection meanwhile. */
export async function* exportRows(
  read: LogRead,
  question: Question,
  format: ExportFormat,
): AsyncGenerator<Uint8Array> {
  const condition = compile(read, question);
  const { columns, references } = read.log;
  const query = rowsQuery(columns, references);
  const names = columns.map(({ name }) => name);
  const line = lineOf(read, names, format);
  if (format === "csv") yield Buffer.from(csvLine(names, []));
  const scan = new WindowScan(read, {
    direction: "ascending",
    lowest: read.position.startId,
    highest: read.position.latestId,
    deadlineMs: undefined,
  });
  const select = (between: Sql): Sql =>
    sql`SELECT ${query.selected} ${fromSql(read)} WHERE ${between} AND ${condition} ${orderSql(read, "ascending")} LIMIT ${ROWS_AT_ONCE}::int8`;
  while (!scan.isDone) {
    const found = await scan.next(select, (rows) =>
      rows.length < ROWS_AT_ONCE ? undefined : BigInt(String(rows.at(-1)?.[0])),
    );
    let text = "";
    for (const values of found ?? []) {
      const row = foundRow(query, values);
      text += line(
        row.truncated.length === 0 ? row : ((await readOne(read, row.id, MAX_ROW_BYTES, true)) ?? row),
      );
    }
    if (text !== "") yield Buffer.from(text);
  }
}

function lineOf(read: LogRead, columns: readonly string[], format: ExportFormat): (row: FoundRow) => string {
  const iso = isoTimes(read, columns);
  if (format === "ndjson") {
    const toJson = rowJson(columns);
    return (row) => `${toJson(iso(row))}\n`;
  }
  return (row) =>
    csvLine(
      iso(row).values,
      row.truncated.map((name) => columns.indexOf(name)),
    );
}

/** The time of a row in UTC, in whatever form the table stores it. The key stays the number that it is. */
function isoTimes({ asked }: LogRead, columns: readonly string[]): (row: FoundRow) => FoundRow {
  const time = columnOfRole("time", asked);
  const at = time === undefined ? -1 : columns.indexOf(time.name, 1);
  if (time === undefined || at < 0 || time.stored === "timestamptz") return (row) => row;
  const isoOf = (value: RowValue): RowValue => {
    const ms = value === null ? undefined : readInstant(value, time.time ?? "text", asked.zone);
    return ms === undefined ? value : new Date(ms).toISOString();
  };
  return (row) => ({ ...row, values: row.values.with(at, isoOf(row.values[at] ?? null)) });
}

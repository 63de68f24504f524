/** Everything that matches, oldest first, as one text that is made while it is taken. */
import { type ExportFormat, RowTooLargeError } from "../../../archive.ts";
import { readInstant } from "../../../columns/instant.ts";
import type { EventRow, RowValue } from "../../../events.ts";
import { csvLine } from "../../../rows/csv.ts";
import { rowJson } from "../../../rows/json.ts";
import { Scan } from "../scan.ts";
import type { OpenTable } from "./open-table.ts";
import type { LongRead } from "./protocol.ts";
import { SLICE, type Steps } from "./step.ts";

/** Of one slice: 2 to 4 ms. */
const SLICE_LIMITS = { rows: 1024, bytes: 524_288 };

/** What is sent at once. In characters. */
const PIECE_LENGTH = 131_072;

/** A row that is larger is exported without its largest values, which are named. In bytes. */
const MAX_ROW_BYTES = 16_777_216;

export function* exportRows(
  table: OpenTable,
  { question, format }: Extract<LongRead, { kind: "export" }>,
): Steps {
  const { reader, log, sliceMs } = table;
  const nowMs = Date.now();
  const condition = yield* table.read(() => table.compile(question));
  yield { kind: "answer", answer: { kind: "export" } };
  const scan = new Scan(reader, {
    direction: "ascending",
    lowest: table.lowestId,
    highest: log.latestId,
    sliceMs,
  });
  let lines: Lines | undefined;
  let text = "";
  while (!scan.isDone) {
    const page = yield* table.read(() => scan.nextRows(condition, SLICE_LIMITS, nowMs));
    if (lines === undefined || lines.columns.join() !== page.columns.join()) {
      // After an ALTER TABLE the rest has other columns, which a line of names tells.
      lines = new Lines(table, page.columns, format);
      text += lines.head;
    }
    for (const row of page.rows)
      text += lines.of(row.truncated.length === 0 ? row : yield* wholeRow(table, row));
    if (text.length >= PIECE_LENGTH || scan.isDone) {
      if (text !== "") yield { kind: "piece", bytes: Buffer.from(text) };
      text = "";
    } else yield SLICE;
  }
}

/** What reading it and writing it again would leave as it is; days that not every month has are left to those. */
const ISO = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** A row with its large values, which a page leaves out. */
function* wholeRow(table: OpenTable, row: EventRow): Steps<EventRow> {
  yield SLICE;
  try {
    const { rows } = yield* table.read(() => table.reader.readOne(row.id, MAX_ROW_BYTES));
    return rows[0] ?? row;
  } catch (error) {
    if (error instanceof RowTooLargeError) return row;
    throw error;
  }
}

/** Lines of rows with the same columns. */
class Lines {
  readonly columns: readonly string[];
  readonly head: string;
  readonly #toLine: (row: EventRow) => string;
  readonly #timeAt: number;
  readonly #iso: (value: RowValue) => RowValue;

  constructor({ log, zone }: OpenTable, columns: readonly string[], format: ExportFormat) {
    this.columns = columns;
    const { time } = log.roles;
    // The key stays the number that it is, also where it is a time.
    this.#timeAt = time === undefined ? -1 : columns.indexOf(time.column, 1);
    const form = time?.form ?? "text";
    this.#iso = (value) => {
      if (value === null || (form === "text" && typeof value === "string" && ISO.test(value))) return value;
      const ms = readInstant(value, form, zone);
      return ms === undefined ? value : new Date(ms).toISOString();
    };
    if (format === "csv") {
      this.head = csvLine(columns, []);
      this.#toLine = ({ values, truncated }) =>
        csvLine(
          values,
          truncated.map((name) => columns.indexOf(name)),
        );
    } else {
      this.head = "";
      const toJson = rowJson(columns);
      this.#toLine = (row) => `${toJson(row)}\n`;
    }
  }

  of(row: EventRow): string {
    const at = this.#timeAt;
    if (at === -1) return this.#toLine(row);
    const stored = row.values[at] ?? null;
    const time = this.#iso(stored);
    // Most rows stay as they are.
    return this.#toLine(time === stored ? row : { ...row, values: row.values.with(at, time) });
  }
}

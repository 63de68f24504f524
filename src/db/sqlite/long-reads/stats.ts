/** Counts the rows of the last while by bucket and type, and by actor and target. */
import { readInstant } from "../../../columns/instant.ts";
import { type ColumnValue, type EventId, MAX_EVENT_ID } from "../../../events.ts";
import { columnOfRole } from "../../../query/fields.ts";
import { printQuestion } from "../../../query/print.ts";
import type { Sql } from "../../../query/sql.ts";
import { answerOf, type Counted, COUNTED_ROLES, type CountedRole, forgetBefore } from "../../counted.ts";
import { KeptCounts } from "../../kept-counts.ts";
import { quoteName } from "../../quote-name.ts";
import type { Direction } from "../matching-rows.ts";
import { Scan } from "../scan.ts";
import { findInstant } from "./jump.ts";
import type { OpenTable } from "./open-table.ts";
import type { LongRead } from "./protocol.ts";
import { SLICE, type Steps } from "./step.ts";

type StatsRead = Extract<LongRead, { kind: "stats" }>;

/**
 * Different values in all buckets of a question, each time that one is in a bucket: 3 MB. Those beyond count as rows, but
 * not by value.
 */
const MAX_COUNTED_VALUES = 20_000;

/** A longer value is no name of anything, and is counted as none. In bytes. */
const MAX_VALUE_BYTES = 200;

/** Rows that may be out of the order of their times, beyond those that the jump looks at. */
const UNORDERED_ROWS = 1000;

/** What is to be counted. */
interface Span {
  readonly bucketMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  /** No row from there on is counted; Infinity where the window ends with what there is. */
  readonly endMs: number;
  /** No row outside of these is looked at. */
  readonly lowest: EventId;
  readonly highest: EventId;
  readonly deadlineMs: number;
}

export class StatsCounter {
  readonly #kept = new KeptCounts();

  *count(table: OpenTable, read: StatsRead): Steps {
    const { question, windowMs, bucketMs, budgetMs } = read;
    const deadlineMs = performance.now() + budgetMs;
    const nowMs = Date.now();
    const toMs = Math.min(nowMs, read.toMs ?? nowMs);
    const fromMs = Math.floor((toMs - windowMs) / bucketMs) * bucketMs;
    const first = yield* findInstant(table, fromMs);
    const end = read.toMs === undefined ? undefined : yield* findInstant(table, toMs);
    const { name } = table.log;
    const [lowest, highest] = yield* table.read(() =>
      table.reader.inReadTransaction(() => [rowsBefore(table, first), rowsAfter(table, end)] as const),
    );
    // What depends on now is another question each time.
    const condition = yield* table.read(() => table.compile(question));
    const key = condition.isRelative
      ? undefined
      : JSON.stringify([name, printQuestion(question), read.toMs, windowMs, bucketMs, table.log.roles]);
    const counted = this.#kept.take(key, highest);
    try {
      yield* this.#add(table, counted, condition, {
        bucketMs,
        fromMs,
        toMs,
        nowMs,
        endMs: read.toMs ?? Infinity,
        lowest,
        highest,
        deadlineMs,
      });
    } finally {
      if (key !== undefined) this.#kept.keep(key, counted);
    }
  }

  *#add(table: OpenTable, counted: Counted, condition: Sql, span: Span): Steps {
    const { bucketMs, fromMs, toMs, lowest, highest, deadlineMs } = span;
    const counter = new RowCounter(table, condition, counted, span);
    const isCurrent =
      counted.highest >= highest ||
      counted.highest < counted.lowest ||
      (yield* counter.scan("ascending", counted.highest + 1n, highest, deadlineMs));
    const isComplete = yield* counter.scan("descending", lowest, counted.lowest - 1n, deadlineMs);
    forgetBefore(counted, fromMs);
    const countedFromMs = isComplete
      ? fromMs
      : Math.max(fromMs, Math.ceil(counted.oldestMs / bucketMs) * bucketMs);
    const completeFromMs = isCurrent ? Math.min(toMs, countedFromMs) : toMs;
    yield {
      kind: "answer",
      answer: {
        kind: "stats",
        stats: answerOf(counted, { fromMs, toMs, bucketMs, completeFromMs }, table.log.roles),
      },
    };
  }
}

class RowCounter {
  readonly #table: OpenTable;
  readonly #condition: Sql;
  readonly #counted: Counted;
  readonly #span: Span;
  readonly #columns: readonly string[];
  readonly #roles: readonly CountedRole[];

  constructor(table: OpenTable, condition: Sql, counted: Counted, span: Span) {
    this.#table = table;
    this.#condition = condition;
    this.#counted = counted;
    this.#span = span;
    const asked = table.reader.inReadTransaction(() => table.asked());
    this.#roles = COUNTED_ROLES.filter((role) => columnOfRole(role, asked) !== undefined);
    const time = columnOfRole("time", asked);
    this.#columns = [
      time === undefined ? "NULL" : short(`t.${quoteName(time.name)}`),
      ...this.#roles.map((role) => {
        const column = columnOfRole(role, asked);
        const value = `t.${quoteName(column?.name ?? "")}`;
        const by = column?.shownBy;
        if (by === undefined) return short(value);
        return `coalesce((SELECT ${short(`shown.${quoteName(by.text)}`)} FROM ${quoteName(by.table)} AS shown WHERE shown.${quoteName(by.key)} = ${value} LIMIT 1), ${short(value)})`;
      }),
    ];
  }

  /** @returns whether it came to the end before the deadline */
  *scan(direction: Direction, lowest: EventId, highest: EventId, deadlineMs: number): Steps<boolean> {
    const { reader, sliceMs } = this.#table;
    const scan = new Scan(reader, { direction, lowest, highest, sliceMs });
    const counted = this.#counted;
    while (!scan.isDone) {
      const found = yield* this.#table.read(() => {
        let rows: ColumnValue[][] = [];
        scan.next((window) => {
          const queries = reader.queries();
          rows = reader
            .matching()
            .read([queries.key, ...this.#columns].join(", "), this.#condition, window, -1, this.#span.nowMs);
          return { stoppedAt: undefined };
        });
        return rows;
      });
      for (const values of found) this.#add(values);
      if (direction === "ascending") counted.highest = scan.scannedTo ?? counted.highest;
      else counted.lowest = scan.scannedTo ?? counted.lowest;
      if (scan.isDone) break;
      if (performance.now() >= deadlineMs) return false;
      yield SLICE;
    }
    return true;
  }

  #add([, time = null, ...values]: readonly ColumnValue[]): void {
    const { roles } = this.#table.log;
    const ms = time === null ? undefined : readInstant(time, roles.time?.form ?? "text", this.#table.zone);
    const { bucketMs, endMs } = this.#span;
    if (ms === undefined || ms >= endMs) return;
    this.#counted.oldestMs = Math.min(this.#counted.oldestMs, ms);
    const at = Math.floor(ms / bucketMs) * bucketMs;
    let bucket = this.#counted.buckets.get(at);
    if (bucket === undefined) {
      bucket = { total: 0, values: { type: new Map(), actor: new Map(), target: new Map() } };
      this.#counted.buckets.set(at, bucket);
    }
    bucket.total++;
    for (const [index, role] of this.#roles.entries()) {
      const counts = bucket.values[role];
      const value = values[index];
      const name = value === null || value === undefined ? "" : String(value);
      const known = counts.get(name);
      if (known !== undefined) {
        known.count++;
        known.lastMs = Math.max(known.lastMs, ms);
      } else if (this.#counted.values < MAX_COUNTED_VALUES) {
        this.#counted.values++;
        counts.set(name, { count: 1, lastMs: ms });
      }
    }
  }
}

/** So many rows further back, whatever the gaps between their ids are. */
function rowsBefore({ reader, lowestId }: OpenTable, id: EventId): EventId {
  return reader.matching().idFurther(min(id, MAX_EVENT_ID), "descending", UNORDERED_ROWS) ?? lowestId;
}

/** The same in the other direction; without an id there is no end but the newest row. */
function rowsAfter({ reader, log }: OpenTable, id: EventId | undefined): EventId {
  if (id === undefined || id > log.latestId) return log.latestId;
  const further = reader.matching().idFurther(id, "ascending", UNORDERED_ROWS) ?? log.latestId;
  return min(further, log.latestId);
}

function short(value: string): string {
  return `CASE WHEN octet_length(${value}) <= ${MAX_VALUE_BYTES} THEN ${value} END`;
}

const min = (a: EventId, b: EventId): EventId => (a < b ? a : b);

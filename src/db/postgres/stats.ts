/** Counts the rows of the last while by bucket and type, and by actor and target. What was counted is kept. */
import type { Stats, StatsRequest } from "../../archive.ts";
import type { EventId } from "../../events.ts";
import { printQuestion } from "../../query/print.ts";
import { isRelativeQuestion } from "../../query/relative.ts";
import { sql } from "../../query/sql.ts";
import { answerOf, forgetBefore } from "../counted.ts";
import { KeptCounts } from "../kept-counts.ts";
import { findInstant } from "./jump.ts";
import { compile, type Direction, fromSql, isBetween, keySql, type LogRead, orderSql } from "./log-read.ts";
import { RowCounter } from "./row-counter.ts";
import { STATEMENT_MS } from "./session.ts";

/** Rows that may be out of the order of their times, beyond those that the jump looks at. */
const UNORDERED_ROWS = 1000;

export class PostgresStats {
  readonly #kept = new KeptCounts();

  async count(read: LogRead, request: StatsRequest): Promise<Stats> {
    const { question, windowMs, bucketMs, budgetMs } = request;
    const deadlineMs = performance.now() + budgetMs;
    const toMs = Math.min(read.nowMs, request.toMs ?? read.nowMs);
    const fromMs = Math.floor((toMs - windowMs) / bucketMs) * bucketMs;
    const condition = compile(read, question);
    const lowest = await further(read, await findInstant(read, fromMs), "descending");
    const end = request.toMs === undefined ? undefined : await findInstant(read, toMs);
    const highest = end === undefined ? read.position.latestId : await further(read, end, "ascending");
    // What depends on now is another question each time.
    const key = isRelativeQuestion(question)
      ? undefined
      : JSON.stringify([
          read.position.log,
          printQuestion(question),
          request.toMs,
          windowMs,
          bucketMs,
          read.roles,
        ]);
    const counted = this.#kept.take(key, highest);
    try {
      const counter = new RowCounter(read, condition, counted, { bucketMs, endMs: request.toMs });
      const isCurrent =
        counted.highest >= highest ||
        counted.highest < counted.lowest ||
        (await counter.scan("ascending", { lowest: counted.highest + 1n, highest }, deadlineMs));
      const isComplete = await counter.scan(
        "descending",
        { lowest, highest: counted.lowest - 1n },
        deadlineMs,
      );
      forgetBefore(counted, fromMs);
      const countedFromMs = isComplete
        ? fromMs
        : Math.max(fromMs, Math.ceil(counted.oldestMs / bucketMs) * bucketMs);
      const completeFromMs = isCurrent ? Math.min(toMs, countedFromMs) : toMs;
      return answerOf(counted, { fromMs, toMs, bucketMs, completeFromMs }, read.roles);
    } finally {
      if (key !== undefined) this.#kept.keep(key, counted);
    }
  }
}

/** So many rows further, whatever the gaps between their ids are. */
async function further(read: LogRead, id: EventId, direction: Direction): Promise<EventId> {
  const { startId, latestId } = read.position;
  const isUp = direction === "ascending";
  if (isUp && id > latestId) return latestId;
  const range = isUp
    ? { lowest: id, highest: latestId }
    : { lowest: startId, highest: id > latestId ? latestId : id };
  const [found] = await read.sessions.read(read.signal, STATEMENT_MS, (ask) =>
    ask(
      sql`SELECT ${keySql(read)}::text ${fromSql(read)} WHERE ${isBetween(read, range)} ${orderSql(read, direction)}
        LIMIT 1 OFFSET ${UNORDERED_ROWS - 1}::int8`,
    ),
  );
  return found === undefined ? (isUp ? latestId : startId) : BigInt(String(found[0]));
}

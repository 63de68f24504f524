/** What an operator should know while the log is followed, the most urgent first. */
import type { Notice } from "./condition.ts";
import type { FollowedTable } from "./followed-table.ts";
import type { OpenTransaction } from "./lock-queries.ts";

/** Rows that wait for a transaction for longer are worth a word. In ms. */
const HELD_BACK_MS = 5000;

/** Rows that wait are counted up to this many. */
const COUNT_LIMIT = 10_000;

/** What is known of the rows that wait. */
export interface HeldBack {
  readonly rows: number;
  readonly transaction: OpenTransaction | undefined;
}

/** Watches how long rows have been waiting for the same watermark. */
export class HeldBackWatch {
  #latestId: bigint | undefined;
  #sinceMs = 0;
  #found: HeldBack | undefined;

  get found(): HeldBack | undefined {
    return this.#found;
  }

  /** To be called now and then. @param afterMs from when on it is worth a word */
  async look(table: FollowedTable, afterMs: number = HELD_BACK_MS): Promise<void> {
    const { watermark, latestId } = table;
    if (watermark.state === "following") {
      this.#latestId = undefined;
      this.#found = undefined;
      return;
    }
    if (latestId !== this.#latestId) {
      this.#latestId = latestId;
      this.#sinceMs = performance.now();
      this.#found = undefined;
    }
    if (performance.now() - this.#sinceMs < afterMs) return;
    const rows = await table.queries.count(latestId, 2n ** 63n - 1n, COUNT_LIMIT);
    this.#found =
      rows === 0 ? undefined : { rows, transaction: await table.locks.oldest(watermark.waitsFor) };
  }
}

export interface Situation {
  readonly table: FollowedTable;
  readonly heldBack: HeldBack | undefined;
  /** Whether LISTEN is of no use here. */
  readonly isSwallowed: boolean;
}

export function noticeOf({ table, heldBack, isSwallowed }: Situation): Notice | undefined {
  const { late, shape, isAnnounced } = table;
  if (heldBack !== undefined) return heldBackNotice(heldBack);
  if (late.isNews) {
    return {
      topic: "late rows",
      problem: `${late.count} ${late.count === 1 ? "row" : "rows"} came below ids that were delivered already, the last one with the id ${late.newestId ?? ""}: streams did not get ${late.count === 1 ? "it" : "them"}, and lists have ${late.count === 1 ? "it" : "them"}.`,
      advice:
        shape.sequence !== undefined && shape.sequence.cache > 1n
          ? cacheAdvice(shape.sequence.quoted)
          : "Let the sequence of the table give the ids, at the INSERT: no program should draw ids beforehand, or write them by hand.",
    };
  }
  if (shape.sequence !== undefined && shape.sequence.cache > 1n) {
    return {
      topic: "cache",
      problem: `The sequence ${shape.sequence.quoted} has CACHE ${shape.sequence.cache}: each session draws so many ids at a time and uses them later, so that rows can come below ids that were delivered already.`,
      advice: cacheAdvice(shape.sequence.quoted),
    };
  }
  if (!shape.hasIndex) {
    return {
      topic: "index",
      problem: `No index of the table ${shape.name} begins with ${shape.log.key}, so that each look reads all of it.`,
      advice: `Make one: CREATE UNIQUE INDEX CONCURRENTLY ON ${shape.quoted} (${shape.log.key})`,
    };
  }
  if (isSwallowed) {
    return {
      topic: "swallowed",
      problem:
        "No notification arrives: between Tailboard and PostgreSQL is a pooler in transaction mode, or something else that keeps them.",
      advice:
        "Nothing is lost: the table is looked at four times a second instead. For events within milliseconds name the server itself in the URL, past the pooler, or a pool in session mode.",
    };
  }
  if (!isAnnounced) {
    return {
      topic: "trigger",
      problem: null,
      advice:
        "The table has no trigger that tells of commits, so that it is looked at four times a second. For events within milliseconds let its owner run what `tailboard notify-sql` prints.",
    };
  }
  return undefined;
}

function cacheAdvice(sequence: string): string {
  return `Run ALTER SEQUENCE ${sequence} CACHE 1, and let sessions that used it before connect anew.`;
}

function heldBackNotice({ rows, transaction }: HeldBack): Notice {
  const count = rows >= COUNT_LIMIT ? `More than ${COUNT_LIMIT}` : String(rows);
  const waits = `${count} ${rows === 1 ? "row waits" : "rows wait"} for a transaction`;
  const topic = `held back ${transaction?.pid ?? transaction?.preparedAs ?? ""}`;
  if (transaction === undefined)
    return {
      topic,
      problem: `${waits} that writes to the table.`,
      advice: "Find it: SELECT * FROM pg_stat_activity.",
    };
  const { pid, openSeconds, applicationName, state, preparedAs } = transaction;
  const age =
    openSeconds === undefined ? "that has not ended" : `that has been open for ${duration(openSeconds)}`;
  if (pid === undefined) {
    return {
      topic,
      problem: `${waits} ${age}: it is prepared${preparedAs === undefined ? "" : ` as ${JSON.stringify(preparedAs)}`}.`,
      advice: `End it: COMMIT PREPARED or ROLLBACK PREPARED${preparedAs === undefined ? "; SELECT * FROM pg_prepared_xacts names it" : ` '${preparedAs.replaceAll("'", "''")}'`}.`,
    };
  }
  const details = [
    `pid ${pid}`,
    ...(applicationName === undefined ? [] : [`application_name ${applicationName}`]),
    ...(state === undefined ? [] : [`state ${state}`]),
  ];
  return {
    topic,
    problem: `${waits} ${age}: ${details.join(", ")}.`,
    advice:
      state === undefined
        ? `Rows come in the order of their ids, so that they wait for it. GRANT pg_monitor to Tailboard's role shows more of it; SELECT pg_terminate_backend(${pid}) ends it.`
        : `Rows come in the order of their ids, so that they wait for it. Let the program commit sooner, or end it: SELECT pg_terminate_backend(${pid}).`,
  };
}

function duration(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

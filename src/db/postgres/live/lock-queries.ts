/** Who writes to a table just now, and what holds them up. */
import type { Client } from "./client.ts";
import type { ServerIdentity } from "./server-identity.ts";
import type { FollowedShape } from "./table-shape.ts";
import type { Holder } from "./watermark.ts";

/** An INSERT takes the first of them before it draws an id, and keeps it until its transaction ends. */
const WRITING_MODES = ["RowExclusiveLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"];

/** A transaction that holds back rows, as far as the role may see it. */
export interface OpenTransaction {
  /** Undefined for a prepared transaction, which no session has. */
  readonly pid: number | undefined;
  readonly openSeconds: number | undefined;
  readonly applicationName: string | undefined;
  readonly state: string | undefined;
  /** Of a prepared transaction. */
  readonly preparedAs: string | undefined;
}

export class LockQueries {
  readonly #client: Client;
  readonly #holders: string;

  constructor(client: Client, { database }: ServerIdentity, { oid, isPartitioned }: FollowedShape) {
    this.#client = client;
    // Partitions come and go, and rows may be inserted into one of them by its own name.
    const relations = isPartitioned
      ? `(WITH RECURSIVE tree AS (SELECT ${oid}::oid AS oid UNION SELECT inhrelid FROM pg_inherits JOIN tree ON inhparent = tree.oid)
          SELECT oid FROM tree)`
      : `(${oid})`;
    this.#holders = `SELECT virtualtransaction FROM pg_locks
      WHERE locktype = 'relation' AND granted AND relation IN ${relations}
        AND database = ${database}
        AND mode IN (${WRITING_MODES.map((mode) => `'${mode}'`).join(", ")})`;
  }

  /** The transactions that hold a writing lock on the table or on one of its partitions, with repeats. */
  async holders(): Promise<Holder[]> {
    return (await this.#client.query(this.#holders)).map(([holder]) => String(holder));
  }

  /** The one of some transactions that has been open for the longest. */
  async oldest(holders: Iterable<Holder>): Promise<OpenTransaction | undefined> {
    const [found] = await this.#client.query(
      `SELECT l.pid, extract(epoch FROM now() - coalesce(a.xact_start, p.prepared))::float8, a.application_name, a.state, p.gid
      FROM (SELECT DISTINCT virtualtransaction, pid FROM pg_locks WHERE virtualtransaction = ANY (string_to_array($1::text, ' '))) AS l
        LEFT JOIN pg_stat_activity a ON a.pid = l.pid
        LEFT JOIN pg_locks x ON l.pid IS NULL AND x.virtualtransaction = l.virtualtransaction AND x.locktype = 'transactionid'
        LEFT JOIN pg_prepared_xacts p ON p.transaction = x.transactionid
      ORDER BY 2 DESC NULLS LAST LIMIT 1`,
      [[...holders].join(" ")],
    );
    if (found === undefined) return undefined;
    const [pid, seconds, application, state, gid] = found;
    return {
      pid: pid === null ? undefined : Number(pid),
      openSeconds: seconds === null ? undefined : Number(seconds),
      applicationName: textOf(application),
      state: textOf(state),
      preparedAs: textOf(gid),
    };
  }
}

function textOf(cell: unknown): string | undefined {
  return typeof cell === "string" && cell !== "" ? cell : undefined;
}

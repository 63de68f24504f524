/** Another process that writes to a PostgreSQL table. */
import { join } from "node:path";

import { LineProcess } from "../support/line-process.ts";

export interface SteadyOrder {
  readonly kind: "steady";
  /** Rows a second, each in a transaction of its own. */
  readonly rate: number;
  readonly seconds: number;
}

export interface RandomOrder {
  readonly kind: "random";
  readonly writers: number;
  readonly seconds: number;
  /** The longest transaction waits so long in all. */
  readonly longestMs: number;
  readonly rolledBackPercent: number;
  readonly seed: number;
}

export type WriteOrder = SteadyOrder | RandomOrder;

/** Times in ms since the epoch. */
export interface Transaction {
  readonly ids: readonly number[];
  readonly beganAt: number;
  /** When its COMMIT or ROLLBACK had returned. */
  readonly endedAt: number;
  readonly isCommitted: boolean;
}

export class Writers implements AsyncDisposable {
  readonly #process: LineProcess;

  private constructor(process: LineProcess) {
    this.#process = process;
  }

  static async start(url: string): Promise<Writers> {
    const process = new LineProcess("the writers", [join(import.meta.dir, "writer-process.ts"), url]);
    await process.next();
    return new Writers(process);
  }

  get pid(): number {
    return this.#process.pid;
  }

  write(order: WriteOrder): Promise<Transaction[]> {
    return this.#process.ask(order);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#process[Symbol.asyncDispose]();
  }
}

/** When each committed row was committed. */
export function committedTimes(transactions: readonly Transaction[]): Map<number, number> {
  return new Map(
    transactions.flatMap(({ ids, endedAt, isCommitted }) =>
      isCommitted ? ids.map((id) => [id, endedAt] as const) : [],
    ),
  );
}

/** From when on id order was possible: the end of the last transaction that had drawn the id or a lower one. */
export function possibleTimes(transactions: readonly Transaction[]): Map<number, number> {
  const byId = transactions
    .flatMap(({ ids, endedAt, isCommitted }) => ids.map((id) => ({ id, endedAt, isCommitted })))
    .toSorted((a, b) => a.id - b.id);
  const possible = new Map<number, number>();
  let latest = 0;
  for (const { id, endedAt, isCommitted } of byId) {
    latest = Math.max(latest, endedAt);
    if (isCommitted) possible.set(id, latest);
  }
  return possible;
}

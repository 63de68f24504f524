/** What of a failed read is the fault of one table, and how that is told. */
import { PanelError } from "../../../panels.ts";
import { noPlace } from "../../panels/refusals.ts";
import { StatementTimeoutError, TableChangedError, ValueRefusedError } from "../session.ts";

/** Where the table is at fault, and not the server. */
export function isOfTable(error: unknown): boolean {
  return (
    error instanceof TableChangedError ||
    error instanceof StatementTimeoutError ||
    error instanceof PanelError
  );
}

export async function guarded<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TableChangedError)
      throw new PanelError("no-table", `${JSON.stringify(name)} can't be read: ${error.message}.`);
    if (error instanceof StatementTimeoutError)
      throw new PanelError(
        "slow",
        `${JSON.stringify(name)} takes long to read. Ask for less of it, or leave it out with --panels.`,
      );
    if (error instanceof ValueRefusedError) throw noPlace();
    throw error;
  }
}

/** Counting is given up where it takes too long. */
export async function orNull<T>(read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof StatementTimeoutError) return null;
    throw error;
  }
}

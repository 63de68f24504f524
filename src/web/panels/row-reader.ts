/** The row of a panel that is open beside the list: whole, and kept as it is in the file. */
import { type Signal, signal } from "@preact/signals";

import { Refused } from "../api.ts";
import type { OneRow, RowJson } from "./contract.ts";

/** What is known of the row. `gone`: there is no such row, or none any more. */
export type OpenRow =
  | { readonly name: "loading" }
  | { readonly name: "read"; readonly json: RowJson }
  | { readonly name: "gone" }
  | { readonly name: "failed"; readonly reason: string };

const NOT_FOUND = 404;

export class RowReader {
  readonly row: Signal<OpenRow> = signal({ name: "loading" });
  readonly #fetchRow: (table: string, key: string) => Promise<OneRow>;
  #opened: { readonly table: string; readonly key: string } | undefined;
  #isStale = false;
  #isReading = false;

  constructor(fetchRow: (table: string, key: string) => Promise<OneRow>) {
    this.#fetchRow = fetchRow;
  }

  open(table: string, key: string): void {
    this.#opened = { table, key };
    this.row.value = { name: "loading" };
    this.refresh();
  }

  close(): void {
    this.#opened = undefined;
  }

  /** Reads it again, one request at a time. */
  refresh(): void {
    this.#isStale = true;
    if (!this.#isReading) void this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    while (this.#isStale && this.#opened !== undefined) {
      this.#isStale = false;
      const opened = this.#opened;
      const row = await this.#fetch(opened.table, opened.key);
      if (opened === this.#opened && JSON.stringify(row) !== JSON.stringify(this.row.peek()))
        this.row.value = row;
    }
    this.#isReading = false;
  }

  async #fetch(table: string, key: string): Promise<OpenRow> {
    try {
      const { item } = await this.#fetchRow(table, key);
      return { name: "read", json: item };
    } catch (error) {
      if (error instanceof Refused && error.status === NOT_FOUND) return { name: "gone" };
      return { name: "failed", reason: error instanceof Error ? error.message : String(error) };
    }
  }
}

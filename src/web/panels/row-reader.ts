/** The row of a panel that is open beside the list: whole, and kept as it is in the file. */
import { type Signal, signal } from "@preact/signals";

import { messageOf } from "../../message-of.ts";
import { Refused, type Tagged } from "../api.ts";
import type { OneRow, RowJson } from "./contract.ts";
import type { RowRequest } from "./panels-api.ts";

/** What is known of the row. `gone`: there is no such row, or none any more. */
export type OpenRow =
  | { readonly name: "loading" }
  | { readonly name: "read"; readonly json: RowJson }
  | { readonly name: "gone" }
  | { readonly name: "failed"; readonly reason: string };

type FetchRow = (request: RowRequest, tag: string | undefined) => Promise<Tagged<OneRow> | undefined>;

const NOT_FOUND = 404;

export class RowReader {
  readonly row: Signal<OpenRow> = signal({ name: "loading" });
  readonly #fetchRow: FetchRow;
  #opened: RowRequest | undefined;
  #tag: string | undefined;
  #isStale = false;
  #isReading = false;

  constructor(fetchRow: FetchRow) {
    this.#fetchRow = fetchRow;
  }

  open(table: string, key: string): void {
    this.#opened = { table, key };
    this.#tag = undefined;
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
      const row = await this.#fetch(opened);
      if (
        row !== undefined &&
        opened === this.#opened &&
        JSON.stringify(row) !== JSON.stringify(this.row.peek())
      )
        this.row.value = row;
    }
    this.#isReading = false;
  }

  /** @returns undefined where nothing has changed */
  async #fetch(opened: RowRequest): Promise<OpenRow | undefined> {
    try {
      const row = await this.#fetchRow(opened, this.#tag);
      if (row === undefined || opened !== this.#opened) return undefined;
      this.#tag = row.tag;
      return { name: "read", json: row.value.item };
    } catch (error) {
      // The next answer is another one, whatever it says.
      if (opened === this.#opened) this.#tag = undefined;
      if (error instanceof Refused && error.status === NOT_FOUND) return { name: "gone" };
      return { name: "failed", reason: messageOf(error) };
    }
  }
}

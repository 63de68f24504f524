/** Knows which column plays which role, and looks again when many rows came or the table has changed. */
import type { TimeForm } from "../../../column-roles.ts";
import { decideRoles, type RoleReadings } from "../../../columns/roles.ts";
import type { SampledColumn } from "../../../columns/sample.ts";
import { type MissingColumn, missingColumns, type Reading } from "../../reading.ts";
import { timesOf } from "../log-table.ts";
import type { TableQueries } from "./table-queries.ts";
import type { FollowedShape } from "./table-shape.ts";

/** Rows that are updated, and columns that are filled later, are seen after this time. In ms. */
const REVIEW_MS = 60_000;

/** From a sample of so many rows on, a column keeps its role while it is empty. */
const SETTLED_ROWS = 20;

/** A sample has no more; with it, the next one is due after twice as many rows each time. */
const SAMPLE_ROWS = 100;

export class Roles {
  readonly #reading: Reading;
  readonly #table: FollowedShape;
  #readings: RoleReadings = {};
  #times: ReadonlyMap<string, TimeForm> = new Map();
  #sampledRows = 0;
  #newRows = 0;
  #dueAfterRows = 0;
  #sampledAtMs = -Infinity;

  constructor(reading: Reading, table: FollowedShape) {
    this.#reading = reading;
    this.#table = table;
  }

  get readings(): RoleReadings {
    return this.#readings;
  }

  /** Columns whose values are times, and how they are written: whatever role they play. */
  get times(): ReadonlyMap<string, TimeForm> {
    return this.#times;
  }

  noteRows(count: number): void {
    this.#newRows += count;
  }

  /** Takes a sample where one is due. */
  async review(queries: TableQueries): Promise<void> {
    const isOld = this.#newRows > 0 && performance.now() - this.#sampledAtMs >= REVIEW_MS;
    if (!isOld && this.#newRows < this.#dueAfterRows) return;
    const { keyValues, columns } = await queries.sample();
    this.#readings = decideRoles({
      given: this.#reading.given,
      key: this.#table.log.key,
      keyValues,
      columns,
      before: this.#sampledRows >= SETTLED_ROWS ? this.#readings : undefined,
    });
    const { log } = this.#table;
    const key: SampledColumn = { name: log.key, values: keyValues };
    this.#times = timesOf(log.columns, [key, ...columns]);
    this.#sampledRows = keyValues.length;
    this.#dueAfterRows =
      keyValues.length < SAMPLE_ROWS
        ? Math.max(1, keyValues.length)
        : Math.max(SAMPLE_ROWS, this.#dueAfterRows * 2);
    this.#newRows = 0;
    this.#sampledAtMs = performance.now();
  }

  /** The columns that the operator named and the table does not have. */
  get missing(): readonly MissingColumn[] {
    return missingColumns(
      this.#reading,
      this.#table.log.columns.map(({ name }) => name),
    );
  }
}

/** Knows which column plays which role, and looks again when the table has changed. */
import type { TimeForm } from "../../column-roles.ts";
import { decideRoles, type RoleReadings } from "../../columns/roles.ts";
import { type SampledColumn, timeFormOf } from "../../columns/sample.ts";
import { type MissingColumn, missingColumns, type Reading } from "../reading.ts";
import type { EventReader } from "./reader.ts";
import { SAMPLE_ROWS } from "./sample.ts";

/** Rows that are updated, and columns that are filled later, are seen after this time. In ms. */
const REVIEW_MS = 60_000;

/** From a sample of so many rows on, a column keeps its role while it is empty. */
const SETTLED_ROWS = 20;

export class RoleWatch {
  readonly #reading: Reading;
  readonly #now: () => number;
  #readings: RoleReadings = {};
  #sampled: readonly SampledColumn[] = [];
  #times: ReadonlyMap<string, TimeForm> = new Map();
  #isTimesDue = false;
  #schemaVersion: string | undefined;
  #sampledRows = 0;
  /** Rows that came since the last sample, and after how many of them the next one is due. */
  #newRows = 0;
  #dueAfterRows = 1;
  #sampledAtMs = -Infinity;
  #wasTouched = false;

  /** @param now milliseconds of a clock that never goes back */
  constructor(reading: Reading, now: () => number = () => performance.now()) {
    this.#reading = reading;
    this.#now = now;
  }

  get readings(): RoleReadings {
    return this.#readings;
  }

  /** Columns whose values are times, and how they are written: whatever role they play. */
  get times(): ReadonlyMap<string, TimeForm> {
    if (this.#isTimesDue) {
      this.#isTimesDue = false;
      const times = new Map(
        this.#sampled.flatMap((column) => {
          const form = timeFormOf(column);
          return form === undefined ? [] : [[column.name, form] as const];
        }),
      );
      if (!Bun.deepEquals(times, this.#times)) this.#times = times;
    }
    return this.#times;
  }

  noteRows(count: number): void {
    this.#newRows += count;
    this.#wasTouched = true;
  }

  /** Rows may have been updated. */
  noteTouched(): void {
    this.#wasTouched = true;
  }

  /**
   * Takes a sample where one is due: when the schema has changed, when as many rows came as the last sample had, which
   * is doubled each time, and a minute after rows were written. To be called in a read transaction.
   */
  review(reader: EventReader): void {
    const isOtherSchema = reader.schemaVersion !== this.#schemaVersion;
    const isOld = this.#wasTouched && this.#now() - this.#sampledAtMs >= REVIEW_MS;
    if (!isOtherSchema && !isOld && this.#newRows < this.#dueAfterRows) return;
    const sample = reader.sample();
    const rows = sample.keyValues.length;
    const readings = decideRoles({
      given: this.#reading.given,
      key: reader.table.key,
      ...sample,
      before: this.#sampledRows >= SETTLED_ROWS ? this.#readings : undefined,
    });
    // The same object where nothing has changed: what was made of it is kept.
    if (!Bun.deepEquals(readings, this.#readings)) this.#readings = readings;
    this.#sampled = sample.columns;
    this.#isTimesDue = true;
    this.#dueAfterRows =
      rows < SAMPLE_ROWS ? Math.max(1, rows) : Math.max(SAMPLE_ROWS, this.#dueAfterRows * 2);
    this.#schemaVersion = reader.schemaVersion;
    this.#sampledRows = rows;
    this.#newRows = 0;
    this.#wasTouched = false;
    this.#sampledAtMs = this.#now();
  }

  /** The columns that the operator named and the table does not have. */
  missing(reader: EventReader): readonly MissingColumn[] {
    return missingColumns(this.#reading, reader.table.columns);
  }
}

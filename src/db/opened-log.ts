/** A log with all that is asked of it, whatever database it is in: what the server and the command line work with. */
import type { LogArchive } from "../archive.ts";
import type { ValueLabels } from "../column-roles.ts";
import type { GivenRoles } from "../columns/roles.ts";
import type { EventId, EventLog, TailState } from "../events.ts";
import type { PanelArchive, PanelChoice } from "../panels.ts";
import type { MissingColumn } from "./reading.ts";

/** Which log, and how it is read. */
export interface LogOptions {
  /** The path of a SQLite file, or the URL of a PostgreSQL database. */
  readonly database: string;
  readonly table: string;
  /** A SELECT to follow in place of the table. */
  readonly query: string | undefined;
  readonly columns: GivenRoles;
  readonly labels: ValueLabels;
  /** A name of the IANA database. */
  readonly timeZone: string;
  readonly pollIntervalMs: number;
}

/** Why the table was looked at: the interval was over, a commit was noticed, or it was looked for once more. */
export type PollCause = "interval" | "commit" | "recheck";

/** What the owner of a log wants to hear about. */
export interface LogObserver {
  /** Called once per change, not once per try. */
  onState(
    state: TailState,
    problem: { readonly problem: string; readonly advice: string } | undefined,
    latestId: EventId,
  ): void;
  /** Something failed that is tried again by itself. */
  onError(operation: string, error: unknown, fields: Readonly<Record<string, string>>): void;
  /** An option names a column that the table does not have. Told whenever the table is opened. */
  onMissingColumn?(missing: MissingColumn, columns: readonly string[]): void;
}

export interface OpenedLog extends AsyncDisposable {
  readonly log: EventLog;
  readonly archive: LogArchive;
  /** How often the table was polled, by cause. */
  readonly polls: Readonly<Record<PollCause, number>>;
  /** Lists, searches, statistics, exports and whole events that are being read. */
  readonly longReads: number;
  /** The tables beside it. */
  panels(choice: PanelChoice): PanelArchive;
  /** Begins to follow it, or to wait for it. */
  start(): void;
}

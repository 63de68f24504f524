/** What is asked of the tables beside the log: which there are, pages of their rows, and single rows. */
import type { TimeForm } from "./column-roles.ts";
import type { Later, PageLimits } from "./events.ts";
import type { Question } from "./question.ts";

/** What a column of a panel is to a reader. */
export const PANEL_ROLES = ["key", "name", "status", "time", "last-seen"] as const;
export type PanelRole = (typeof PANEL_ROLES)[number];

export const PANEL_KINDS = ["table", "view"] as const;

/** In a larger table rows are read in the order of an index alone: sorting them all would take long at each page. */
export const PANEL_SORTED_ROWS = 5000;

/** What the operator has said about panels. */
export interface PanelChoice {
  /** The tables in their order; undefined where all are offered. */
  readonly chosen: readonly string[] | undefined;
  /** Whether columns that are named like secrets are shown. */
  readonly showsSecrets: boolean;
}

export interface PanelColumn {
  readonly name: string;
  readonly role: PanelRole | null;
  /** Its values are not shown, and can't be asked for. */
  readonly isSecret: boolean;
  /** How its times are written, where its values are times. */
  readonly timeForm: TimeForm | null;
  /** The table and the column that a foreign key leads to. */
  readonly references: { readonly table: string; readonly column: string } | null;
}

export interface PanelTable {
  readonly name: string;
  readonly kind: (typeof PANEL_KINDS)[number];
  /** Whether it looks like state, so that the page opens it by itself. */
  readonly isOpen: boolean;
  /** The columns that tell a row from the others; `rowid` where none do, and none where there is no rowid either. */
  readonly key: readonly string[];
  readonly columns: readonly PanelColumn[];
}

export interface PanelList {
  readonly tables: readonly PanelTable[];
  /** Names of --panels that the database does not have. */
  readonly missing: readonly string[];
  /** How many tables there are beyond those that are listed. */
  readonly omitted: number;
  readonly dataVersion: string;
}

export interface PanelPageRequest {
  readonly table: string;
  readonly question: Question;
  readonly limits: PageLimits;
  /** Where the page goes on: `next` of the one before. */
  readonly after: string | undefined;
  /** A column, with a minus before it for the largest value first. */
  readonly sort: string | undefined;
  /** The value of the status column, as text. */
  readonly group: string | undefined;
  /** After it the page ends with what it has. */
  readonly budgetMs: number;
}

export interface PanelGroup {
  readonly value: string | number | null;
  readonly count: number;
}

export interface PanelPage {
  /** As the database has the name. */
  readonly table: string;
  /** The JSON of the rows, joined by commas. */
  readonly items: Uint8Array<ArrayBuffer>;
  readonly count: number;
  /** Where the next page goes on; null at the end, and where there is no way to go on. */
  readonly next: string | null;
  readonly hasMore: boolean;
  /** The order of the rows; null where it is the database's own. */
  readonly sort: string | null;
  /** By the status column, the most frequent first; null where there is none, or the table is too large. */
  readonly groups: readonly PanelGroup[] | null;
  readonly dataVersion: string;
}

export interface PanelRow {
  readonly table: string;
  /** As JSON. */
  readonly item: Uint8Array<ArrayBuffer>;
  readonly dataVersion: string;
}

/** Reads the tables beside the log. Every call throws LogUnavailableError and LogBusyError like a `LogArchive`. */
export interface PanelArchive {
  /** Changes with each commit to the file, whatever table it is to. Reads no table. */
  dataVersion(): Later<string>;
  tables(signal: AbortSignal): Promise<PanelList>;
  /**
   * @throws PanelError where there is no such table, or it can't be read in this way
   * @throws QuestionError where the table can't answer the question
   */
  page(request: PanelPageRequest, signal: AbortSignal): Promise<PanelPage>;
  /** @throws PanelError where there is no such table or row */
  row(table: string, key: string, signal: AbortSignal): Promise<PanelRow>;
}

/** Why a table beside the log does not answer. */
export const PANEL_FAILURES = [
  "no-table",
  "no-row",
  /** The table is there, and a parameter asks for something that it can't do. */
  "parameter",
  /** A view takes so long that it is not read all the time. */
  "slow",
] as const;
export type PanelFailure = (typeof PANEL_FAILURES)[number];

/** What of a request a table may be unable to do. */
export type PanelParameter = "sort" | "after" | "group";

export class PanelError extends Error {
  override readonly name = "PanelError";
  readonly reason: PanelFailure;
  /** Which one asks for what the table can't do. */
  readonly parameter: PanelParameter | undefined;
  /** @param message what is wrong and what to do, in sentences */
  constructor(reason: PanelFailure, message: string, parameter?: PanelParameter) {
    super(message);
    this.reason = reason;
    this.parameter = parameter;
  }
}

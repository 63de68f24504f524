/** What the thread of the streams and the worker for long reads say to each other. */
import type { ExportFormat, QuestionSql, Stats } from "../../../archive.ts";
import type { TimeForm, ValueLabels } from "../../../column-roles.ts";
import type { RoleReadings } from "../../../columns/roles.ts";
import type { EventId, PageLimits } from "../../../events.ts";
import type {
  PanelChoice,
  PanelFailure,
  PanelList,
  PanelPage,
  PanelPageRequest,
  PanelParameter,
  PanelRow,
} from "../../../panels.ts";
import type { Question } from "../../../question.ts";
import type { Direction } from "../matching-rows.ts";

/** Given to the worker at its start. */
export interface WorkerSettings {
  readonly path: string;
  readonly table: string;
  readonly query: string | undefined;
  readonly zone: string;
  readonly labels: ValueLabels;
}

/** The log as the thread of the streams has it open. */
export interface OpenLog {
  /** The file, as `Connection.identity`: the worker must read the same. */
  readonly identity: string;
  readonly name: string;
  readonly latestId: EventId;
  readonly startId: EventId;
  readonly roles: RoleReadings;
  readonly times: ReadonlyMap<string, TimeForm>;
}

export type LongRead =
  /** Opens the file and nothing else: in the rollback modes that holds a lock for longer than a slice. */
  | { readonly kind: "open" }
  | {
      readonly kind: "list";
      readonly question: Question;
      readonly direction: Direction;
      readonly lowest: EventId;
      readonly highest: EventId;
      readonly limits: PageLimits;
      readonly budgetMs: number;
    }
  | {
      readonly kind: "around";
      readonly question: Question;
      /** In ms since 1970. */
      readonly atMs: number;
      readonly limits: PageLimits;
      readonly budgetMs: number;
    }
  | { readonly kind: "event"; readonly id: EventId; readonly maxBytes: number }
  | {
      readonly kind: "stats";
      readonly question: Question;
      readonly toMs?: number;
      readonly windowMs: number;
      readonly bucketMs: number;
      readonly budgetMs: number;
    }
  | { readonly kind: "sql"; readonly question: Question }
  | { readonly kind: "export"; readonly question: Question; readonly format: ExportFormat }
  /** Which tables there are beside the log. */
  | { readonly kind: "panels"; readonly choice: PanelChoice }
  | ({ readonly kind: "panel-page"; readonly choice: PanelChoice } & PanelPageRequest)
  | {
      readonly kind: "panel-row";
      readonly choice: PanelChoice;
      readonly table: string;
      readonly key: string;
    };

export type ToWorker =
  | { readonly kind: "read"; readonly job: number; readonly read: LongRead; readonly log: OpenLog }
  /** The client takes another piece. */
  | { readonly kind: "pull"; readonly job: number }
  | { readonly kind: "cancel"; readonly job: number }
  /** A slice may be read now. @see sharedNowMs */
  | { readonly kind: "go"; readonly sentAtMs: number }
  /** The file is about to be opened anew: no handle of it may stay. */
  | { readonly kind: "close" };

/** A clock that is the same for all threads, and never goes back. In ms. */
export function sharedNowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** What a read found, before any pieces of it. */
export type Answer =
  | {
      readonly kind: "list";
      /** JSON of the rows, joined by commas. */
      readonly items: Uint8Array<ArrayBuffer>;
      readonly count: number;
      /** Where the next page goes on; null at the end. */
      readonly next: EventId | null;
      /** How far was looked where the budget ended first; null otherwise. */
      readonly scannedTo: EventId | null;
    }
  /** Its pieces follow, where it was found. */
  | { readonly kind: "event"; readonly isFound: boolean }
  | { readonly kind: "stats"; readonly stats: Stats }
  | { readonly kind: "sql"; readonly sql: QuestionSql }
  /** Pieces follow. */
  | { readonly kind: "export" }
  | ({ readonly kind: "panels" } & Omit<PanelList, "dataVersion">)
  | ({ readonly kind: "panel-page" } & Omit<PanelPage, "dataVersion">)
  | ({ readonly kind: "panel-row" } & Omit<PanelRow, "dataVersion">);

/** Why a read failed. */
export type Failure =
  | { readonly kind: "unavailable"; readonly message: string }
  | { readonly kind: "question"; readonly message: string; readonly at: number }
  | {
      readonly kind: "panel";
      readonly reason: PanelFailure;
      readonly message: string;
      readonly parameter: PanelParameter | undefined;
    }
  | { readonly kind: "too-large"; readonly column: string; readonly bytes: number; readonly id: EventId }
  /** Of SQLite or of the system: its own words, and those for a person. */
  | { readonly kind: "error"; readonly message: string; readonly words: string };

export type FromWorker =
  /** It wants to read a slice in a rollback mode. `wasLocked`: SQLite has just refused one. */
  | { readonly kind: "want"; readonly wasLocked: boolean }
  | { readonly kind: "answer"; readonly job: number; readonly answer: Answer }
  | { readonly kind: "piece"; readonly job: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "done"; readonly job: number }
  | { readonly kind: "failed"; readonly job: number; readonly failure: Failure }
  | { readonly kind: "closed" };

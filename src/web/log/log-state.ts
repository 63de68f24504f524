/** What the views show of the log, beside its rows. The log writes it. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";

import type { Status } from "../../events.ts";
import type { LogEvent } from "../event/event.ts";
import { partsOf, type Reading } from "../event/reading.ts";
import { readPreference } from "../preference.ts";
import { type ColumnName, columnsShown, missingColumns, readColumns } from "./columns.ts";
import { entriesOf, type Entry } from "./entries.ts";
import { type Missed, missedOf, NOTHING_MISSED, type Received } from "./missed.ts";
import type { Segment } from "./segment.ts";
import { LIVE, type LogView } from "./view.ts";

export interface LogState {
  readonly view: Signal<LogView>;
  /** The rows that are held; undefined while the view is live. */
  readonly segment: Signal<Segment | undefined>;
  /** The rows that are shown, newest first: those that are held, or the newest. */
  readonly events: ReadonlySignal<readonly LogEvent[] | undefined>;
  /** The lines of the table that they make. */
  readonly entries: ReadonlySignal<readonly Entry[]>;
  /** What came since the rows are held, above what the reader has seen. */
  readonly missed: ReadonlySignal<Missed>;
  /** What had come when the rows were held. */
  readonly heldAt: Signal<Received>;
  /** The newest row that was in sight, and since when the rows were held then. */
  readonly readTo: Signal<{ readonly since: Received; readonly id: bigint } | undefined>;
  /** Whether all rows that are shown are in the page: many new ones come over several frames. */
  readonly isDrawn: Signal<boolean>;
  readonly isLoading: Signal<boolean>;
  /** Why the last page could not be had. */
  readonly failure: Signal<string | undefined>;
  /** The row that the keyboard is at, an object of its own for each time that it is led there. */
  readonly selected: Signal<Selected | undefined>;
  /** The newest row when the reader last looked; undefined while there is nothing to divide. */
  readonly lookedAt: Signal<bigint | undefined>;
  /** What the reader has chosen since the page was opened; undefined in it: the columns that the rows fill. */
  readonly chosenColumns: Signal<{ readonly columns: readonly ColumnName[] | undefined } | undefined>;
  readonly columns: ReadonlySignal<readonly ColumnName[]>;
  readonly folds: Signal<boolean>;
  /** The folds that the reader has opened, by their rows. */
  readonly unfolded: Signal<ReadonlySet<bigint>>;
}

/** What a key, a jump, a link or a click has led to. It stays the one when it is closed. */
export interface Selected {
  readonly id: bigint;
  /** It has to be brought into sight. Who has clicked a row looks at it already. */
  readonly isSought: boolean;
}

/** Whether the reader wants repeats folded: the name under which the browser remembers it. */
export const FOLD_PREFERENCE = "tailboard.fold";

interface Sources {
  /** How many events came since the page was opened. */
  readonly received: ReadonlySignal<number>;
  /** How often the newest rows were loaded without those between. */
  readonly leaps: ReadonlySignal<number>;
  readonly newest: ReadonlySignal<readonly LogEvent[] | undefined>;
  readonly reading: ReadonlySignal<Reading>;
  readonly status: ReadonlySignal<Status | undefined>;
}

export function createLogState({ received, leaps, newest, reading, status }: Sources): LogState {
  const view = signal<LogView>(LIVE);
  const heldAt = signal<Received>({ count: 0, leaps: 0, newestId: undefined });
  const readTo: LogState["readTo"] = signal(undefined);
  const segment = signal<Segment | undefined>(undefined);
  const events = computed(() => segment.value?.events ?? newest.value);
  const [folds, unfolded] = [signal(readPreference(FOLD_PREFERENCE) !== "no"), signal(new Set<bigint>())];
  const lookedAt = signal<bigint | undefined>(undefined);
  const entries = computed(() =>
    entriesOf(events.value ?? [], {
      reading: reading.value,
      folds: folds.value,
      unfolded: unfolded.value,
      lookedAt: lookedAt.value,
    }),
  );
  const parts = computed(() => partsOf(events.value ?? [], reading.value));
  const table = computed(() => status.value?.table);
  const remembered = computed(() => (table.value === undefined ? undefined : readColumns(table.value)));
  const chosenColumns: LogState["chosenColumns"] = signal(undefined);
  const chosen = computed(() => (chosenColumns.value ?? { columns: remembered.value }).columns);
  // As text, so that rows that come and go change nothing.
  const missing = computed(() => JSON.stringify(missingColumns(chosen.value ?? [], events.value?.[0]?.json)));
  return {
    view,
    segment,
    events,
    entries,
    chosenColumns,
    columns: computed(() => columnsShown(parts.value, chosen.value, JSON.parse(missing.value))),
    heldAt,
    readTo,
    missed: computed(() => {
      if (view.value.name === "live") return NOTHING_MISSED;
      return missedOf({
        heldAt: heldAt.value,
        received: received.value,
        leaps: leaps.value,
        newest: newest.value ?? [],
        shown: events.value ?? [],
        readTo: readTo.value?.since === heldAt.value ? readTo.value.id : undefined,
      });
    }),
    isDrawn: signal(true),
    isLoading: signal(false),
    failure: signal(undefined),
    selected: signal(undefined),
    lookedAt,
    folds,
    unfolded,
  };
}

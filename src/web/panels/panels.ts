/** The panels of the page: which tables the server offers, which the reader sees, and when they are read again. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";

import { Refused, Unreachable } from "../api.ts";
import { readPreference, writePreference } from "../preference.ts";
import type { State } from "../state.ts";
import { type Choice, readChoice, writeChoice } from "./choice.ts";
import type { PanelTable } from "./contract.ts";
import { Panel } from "./panel.ts";
import { fetchRow, fetchRows, fetchTables } from "./panels-api.ts";
import { createRowOf, type RowReference } from "./row-of.ts";
import { RowReader } from "./row-reader.ts";

/** While no stream tells of changes. */
const POLL_MS = 5000;

/** A new table is seldom: after a change it may be offered so much later. One that went often comes back soon. */
const LIST_MS = 60_000;
const LIST_AGAIN_MS = 5000;

/** A stream that is opened later shows its rows later, too. */
const LISTING_MS = 1000;

/** The name under which the browser remembers what the reader wants to see. */
const PREFERENCE = "tailboard.panels";

/** Where a panel takes half of the screen, only its head is shown at first. As in styles/narrow.css */
const NARROW = "(width < 760px)";

export interface Panels {
  /** Waits for a moment until it is known whether there are any. */
  readonly untilListed: () => Promise<void>;
  /** What the server offers, in its order. */
  readonly tables: ReadonlySignal<readonly PanelTable[]>;
  /** Those that the reader sees. */
  readonly shown: ReadonlySignal<readonly Panel[]>;
  readonly rowOf: ReadonlySignal<ReadonlyMap<string, RowReference>>;
  /** The row that is open beside the list. */
  readonly row: RowReader;
  readonly isOpen: (table: PanelTable) => boolean;
  readonly setOpen: (table: PanelTable, isOpen: boolean) => void;
  readonly isCollapsed: (table: PanelTable) => boolean;
  readonly setCollapsed: (table: PanelTable, isCollapsed: boolean) => void;
}

/** @param reconnect opens the stream anew, because it has to tell of changes from now on */
export function createPanels(state: State, reconnect: () => void): Panels {
  const tables: Signal<readonly PanelTable[]> = signal([]);
  const choice = signal(readChoice(readPreference(PREFERENCE)));
  const isNarrow = matchMedia(NARROW).matches;
  const made = new Map<string, Panel>();
  const row = new RowReader(fetchRow);

  const isOpen = (table: PanelTable): boolean => choice.value.open[table.name] ?? table.isOpen;
  const isCollapsed = (table: PanelTable): boolean => choice.value.collapsed[table.name] ?? isNarrow;
  const shown = computed(() => tables.value.filter(isOpen).map(panelOf));

  /** A panel stays the one that it is, as long as its table does. */
  function panelOf(table: PanelTable): Panel {
    const before = made.get(table.name);
    if (before !== undefined && JSON.stringify(before.table) === JSON.stringify(table)) return before;
    const isPageVisible = (): boolean => document.visibilityState !== "hidden";
    const panel = new Panel({ table, fetchRows, isPageVisible, onGone });
    made.set(table.name, panel);
    return panel;
  }

  function remember(changed: Partial<Choice>): void {
    choice.value = { ...choice.peek(), ...changed };
    writePreference(PREFERENCE, writeChoice(choice.peek()));
  }

  function refresh(): void {
    for (const panel of shown.peek()) panel.refresh();
    row.refresh();
  }

  let listedAt = -Infinity;
  /** Something has changed since they were listed. */
  let isListStale = true;
  /** For so long after a table went they are listed often. In ms since the page was opened. */
  let oftenUntil = -Infinity;
  let tag: string | undefined;
  const { promise: isListed, resolve: endListing } = Promise.withResolvers<void>();

  async function list(): Promise<void> {
    if (state.status.peek()?.panels !== true || !isListStale) return;
    const nowMs = performance.now();
    if (nowMs - listedAt < (nowMs < oftenUntil ? LIST_AGAIN_MS : LIST_MS)) return;
    listedAt = nowMs;
    isListStale = false;
    try {
      const answer = await fetchTables(tag);
      if (answer === undefined) return;
      ({ tag } = answer);
      const offered = answer.value.tables;
      if (JSON.stringify(offered) !== JSON.stringify(tables.peek())) offer(offered);
      if (offered.length > 0 && !state.asksForChanges.peek()) {
        state.asksForChanges.value = true;
        const { name } = state.connection.peek();
        if (name === "live" || name === "connecting") reconnect();
      }
    } catch (error) {
      // It can't be read just now: it is asked for in the next round.
      listedAt = -Infinity;
      isListStale = true;
      if (!(error instanceof Refused || error instanceof Unreachable)) reportError(error);
    } finally {
      endListing();
    }
  }

  function offer(offered: readonly PanelTable[]): void {
    const names = new Set(offered.map(({ name }) => name));
    if (tables.peek().some(({ name }) => !names.has(name))) oftenUntil = performance.now() + LIST_MS;
    for (const name of made.keys()) if (!names.has(name)) made.delete(name);
    tables.value = offered;
  }

  /** A panel has no table: it goes as soon as it is known which there are. */
  function onGone(): void {
    isListStale = true;
    if (performance.now() >= oftenUntil) listedAt = -Infinity;
    oftenUntil = performance.now() + LIST_MS;
    void list();
  }

  /** Whether tables are offered, so that the stream tells of changes from the beginning. Never for long. */
  async function untilListed(): Promise<void> {
    if (state.status.peek()?.panels !== true) return;
    await Promise.race([isListed, new Promise((resolve) => setTimeout(resolve, LISTING_MS))]);
  }

  const isOffered = computed(() => state.status.value?.panels === true);
  const isLive = computed(() => state.connection.value.name === "live");
  effect(() => {
    // A change that nobody heard may have come before the stream did.
    if (isLive.value) refresh();
  });
  effect(() => {
    if (state.changes.value === 0) return;
    isListStale = true;
    void list();
    refresh();
  });
  setInterval(() => {
    if (document.visibilityState === "hidden") return;
    if (tables.peek().length === 0 || !isLive.peek()) isListStale = true;
    // What changed shortly after they were listed last is looked at now.
    void list();
    if (!isLive.peek()) refresh();
  }, POLL_MS);
  document.addEventListener("visibilitychange", () => {
    for (const panel of shown.peek()) panel.goOn();
  });
  effect(() => {
    if (isOffered.value) void list();
  });

  return {
    untilListed,
    tables,
    shown,
    rowOf: createRowOf(shown),
    row,
    isOpen,
    setOpen: (table, open) => remember({ open: { ...choice.peek().open, [table.name]: open } }),
    isCollapsed,
    setCollapsed: (table, collapsed) =>
      remember({ collapsed: { ...choice.peek().collapsed, [table.name]: collapsed } }),
  };
}

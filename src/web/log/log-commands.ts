/** What the keyboard does in the log. */
import type { Actions, Direction } from "../actions.ts";
import type { Command } from "../commands/command.ts";
import { openedId } from "../detail/opened.ts";
import type { LogEvent } from "../event/event.ts";
import type { State } from "../state.ts";
import { openMenu } from "../views/press.ts";
import { shownEvents, shownFor } from "./entries.ts";
import { backToLive } from "./log-bar.tsx";
import type { Log } from "./log.ts";
import { findFailure, nextId } from "./select.ts";
import { select } from "./selected.ts";
import { isLeft } from "./view.ts";

/** How far a failure is looked for beyond the rows that are there: some thousand rows, or a second or two. In pages. */
const MAX_FAILURE_PAGES = 30;

/** @param isStoryOpen whether a story is open beside the list */
export function logCommands(state: State, log: Log, actions: Actions, isStoryOpen: () => boolean): Command[] {
  const { view, selected } = state.log;
  const isHeld = (): boolean => view.peek().name === "held";
  const isOpen = (): boolean => openedId(state.opened.peek()) !== undefined;
  const shown = (): LogEvent[] => shownEvents(state.log.entries.peek());

  /** The row that the keyboard is at, as it is marked. */
  function current(): bigint | undefined {
    const id = selected.peek()?.id ?? openedId(state.opened.peek());
    return id === undefined ? undefined : (shownFor(state.log.entries.peek(), id) ?? id);
  }

  function goTo(id: bigint): void {
    log.hold("row");
    select(state.log, { id, isSought: true });
    // Where an event is open beside the list, the next one takes its place.
    if (isOpen()) actions.stepToEvent(id);
  }

  /**
   * The row to go on from may have left the list: rows that came have pushed it out, or the reader has scrolled on.
   * @returns false where it is not there again, because the reader has gone elsewhere meanwhile
   */
  async function comeBack(): Promise<boolean> {
    const id = current();
    const [newest, oldest] = [state.events.peek()?.[0]?.id, state.events.peek()?.at(-1)?.id];
    if (id === undefined || newest === undefined || oldest === undefined) return true;
    return id < oldest || (isHeld() && id > newest) ? log.showAround(id) : true;
  }

  /** @returns whether the reader is still where they were when rows were asked for */
  async function load(direction: Direction): Promise<boolean> {
    const from = selected.peek();
    await (direction === "older" ? log.loadOlder() : log.loadNewer());
    return isHeld() && selected.peek() === from;
  }

  async function go(direction: Direction): Promise<void> {
    if (!(await comeBack())) return;
    const next = (): bigint | undefined =>
      nextId(
        shown().map(({ id }) => id),
        current(),
        direction,
      );
    let id = next();
    if (id === undefined && current() !== undefined) {
      log.hold("row");
      if (!(await load(direction))) return;
      id = next();
    }
    if (id !== undefined) goTo(id);
  }

  async function goToFailure(direction: Direction): Promise<void> {
    if (!(await comeBack())) return;
    const next = (): bigint | undefined => findFailure(shown(), state.reading.peek(), current(), direction);
    log.hold("row");
    let id = next();
    for (let pages = 0; id === undefined && pages < MAX_FAILURE_PAGES; pages++) {
      const before = state.log.segment.peek();
      if (!(await load(direction))) return;
      if (state.log.segment.peek() === before) break;
      id = next();
    }
    if (id !== undefined) goTo(id);
    else state.notice.value = { kind: "receipt", text: failureText(direction) };
  }

  /** One step after another: the row that a step begins at may have to be loaded first. */
  let lastStep: Promise<void> = Promise.resolve();
  let leaps = 0;
  /** A step that has its turn after the reader has gone elsewhere is left out. */
  const step = (walk: (direction: Direction) => Promise<void>, direction: Direction) => (): void => {
    const [before, wasLeft] = [leaps, isLeft(view.peek())];
    const isMeant = (): boolean => leaps === before && (isLeft(view.peek()) || !wasLeft);
    lastStep = lastStep.then(() => (isMeant() ? walk(direction) : undefined)).catch(reportError);
  };
  const leap = (run: () => void) => (): void => {
    leaps++;
    // The rows that a step still waits for may never come.
    lastStep = Promise.resolve();
    run();
  };

  return [
    command("Go to the next older row", ["j", "ArrowDown"], step(go, "older"), { repeats: true }),
    command("Go to the next newer row", ["k", "ArrowUp"], step(go, "newer"), { repeats: true }),
    command("Open the row", ["Enter", "o"], () => openSelected(current(), actions), {
      isEnabled: () => selected.peek() !== undefined,
    }),
    command("Go to the next older failure", ["e"], step(goToFailure, "older")),
    command("Go to the next newer failure", ["E"], step(goToFailure, "newer")),
    command(
      "Go to the newest row, live",
      ["g", "Home"],
      leap(() => backToLive(log)),
    ),
    command(
      "Go to the first event",
      ["G", "End"],
      leap(() => void log.showOldest()),
    ),
    command(
      "Pause, or go on",
      [" ", "p"],
      leap(() => (isLeft(view.peek()) ? backToLive(log) : log.hold("pause"))),
    ),
    command("Jump to a time or to an event", ["t"], () => openMenu("jump")),
    command("Fold repeats, or show them all", [], () => log.setFolds(!state.log.folds.peek())),
    command("Choose the columns", [], () => openMenu("columns")),
    command(
      "Close what is open, or leave the row",
      ["Escape"],
      leap(() => leave(isOpen(), state, log, actions)),
      {
        // A story closes itself: it is on top.
        isEnabled: () => isOpen() || (selected.peek() !== undefined && !isStoryOpen()),
      },
    ),
  ];
}

function command(
  title: string,
  keys: readonly string[],
  run: () => void,
  more: Pick<Command, "isEnabled" | "repeats"> = {},
): Command {
  return { title, group: "Rows", keys, run, ...more };
}

function openSelected(id: bigint | undefined, actions: Actions): void {
  if (id !== undefined) actions.openEvent(id);
}

/** One thing at a time, from the top. */
function leave(isOpen: boolean, state: State, log: Log, actions: Actions): void {
  if (isOpen) {
    actions.closeEvent();
    return;
  }
  state.log.selected.value = undefined;
  log.happen("row-closed");
}

function failureText(direction: Direction): string {
  return direction === "older" ? "No older failure was found." : "No newer failure was found.";
}

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

/** How far a failure is looked for beyond the rows that are there: some thousand rows, or a second or two. In pages. */
const MAX_FAILURE_PAGES = 30;

export function logCommands(state: State, log: Log, actions: Actions): Command[] {
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

  /** The row to go on from may have left the list: rows that came have pushed it out, or the reader has scrolled on. */
  async function comeBack(): Promise<void> {
    const id = current();
    const [newest, oldest] = [state.events.peek()?.[0]?.id, state.events.peek()?.at(-1)?.id];
    if (id === undefined || newest === undefined || oldest === undefined) return;
    if (id < oldest || (isHeld() && id > newest)) await log.showAround(id);
  }

  async function go(direction: Direction): Promise<void> {
    await comeBack();
    const next = (): bigint | undefined =>
      nextId(
        shown().map(({ id }) => id),
        current(),
        direction,
      );
    let id = next();
    if (id === undefined && current() !== undefined) {
      log.hold("row");
      await (direction === "older" ? log.loadOlder() : log.loadNewer());
      id = next();
    }
    if (id !== undefined) goTo(id);
  }

  async function goToFailure(direction: Direction): Promise<void> {
    await comeBack();
    const next = (): bigint | undefined => findFailure(shown(), state.reading.peek(), current(), direction);
    log.hold("row");
    let id = next();
    for (let pages = 0; id === undefined && pages < MAX_FAILURE_PAGES; pages++) {
      const before = state.log.segment.peek();
      await (direction === "older" ? log.loadOlder() : log.loadNewer());
      if (state.log.segment.peek() === before) break;
      id = next();
    }
    if (id !== undefined) goTo(id);
    else state.notice.value = { kind: "receipt", text: failureText(direction) };
  }

  return [
    command("Go to the next older row", ["j", "ArrowDown"], () => void go("older"), { repeats: true }),
    command("Go to the next newer row", ["k", "ArrowUp"], () => void go("newer"), { repeats: true }),
    command("Open the row", ["Enter", "o"], () => openSelected(current(), actions), {
      isEnabled: () => selected.peek() !== undefined,
    }),
    command("Go to the next older failure", ["e"], () => void goToFailure("older")),
    command("Go to the next newer failure", ["E"], () => void goToFailure("newer")),
    command("Go to the newest row, live", ["g", "Home"], () => backToLive(log)),
    command("Go to the first event", ["G", "End"], () => void log.showOldest()),
    command("Pause, or go on", [" ", "p"], () => (isHeld() ? backToLive(log) : log.hold("pause"))),
    command("Jump to a time or to an event", ["t"], () => openMenu("jump")),
    command("Fold repeats, or show them all", [], () => log.setFolds(!state.log.folds.peek())),
    command("Choose the columns", [], () => openMenu("columns")),
    command("Close what is open, or leave the row", ["Escape"], () => leave(isOpen(), state, log, actions), {
      isEnabled: () => isOpen() || selected.peek() !== undefined,
    }),
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

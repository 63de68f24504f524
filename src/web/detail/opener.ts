/** Loads the event that is open beside the list, whoever opens it: the reader, a link, or the browser's Back. */
import { effect, type ReadonlySignal, type Signal } from "@preact/signals";

import type { EventJson } from "../../events.ts";
import { messageOf } from "../../message-of.ts";
import { Refused, Unreachable } from "../api.ts";
import type { BesideList, Step } from "../beside/beside.ts";
import { isSameEvent, type LogEvent } from "../event/event.ts";
import { isLoading, type Opened, type OpenedChange, openedId, step } from "./opened.ts";

interface Options {
  readonly beside: BesideList;
  readonly opened: Signal<Opened>;
  /** The list, in which most events are found that are opened. */
  readonly events: ReadonlySignal<readonly LogEvent[] | undefined>;
  readonly fetchEvent: (id: bigint) => Promise<EventJson>;
}

export interface Opener {
  /** Follows what is open from now on. */
  readonly start: () => void;
  readonly openEvent: (id: bigint, how?: Step) => void;
}

const NOT_FOUND = 404;

export function createOpener({ beside, opened, events, fetchEvent }: Options): Opener {
  /** The open event as the list had it. */
  let listed: LogEvent | undefined;

  function dispatch(change: OpenedChange): void {
    opened.value = step(opened.peek(), change);
  }

  function open(id: bigint): void {
    listed = inList(events.peek(), id);
    dispatch({ name: "open", id, listed });
    if (isLoading(opened.peek())) void load(id);
  }

  async function load(id: bigint): Promise<void> {
    try {
      dispatch({ name: "loaded", id, json: await fetchEvent(id) });
    } catch (error) {
      dispatch({ name: "failed", id, ...reasonOf(error) });
    }
  }

  function followBeside(): void {
    const thing = beside.now.value;
    const id = thing.name === "event" ? thing.id : undefined;
    if (id === openedId(opened.peek())) return;
    if (id === undefined) dispatch({ name: "close" });
    else open(id);
  }

  /** A row may be replaced by another one with the same id. */
  function followList(newest: readonly LogEvent[] | undefined): void {
    const id = openedId(opened.peek());
    if (id === undefined || listed?.id !== id) return;
    const current = inList(newest, id);
    if (current === undefined || current === listed) return;
    if (isSameEvent(current, listed)) listed = current;
    else open(id);
  }

  return {
    start: () => {
      effect(followBeside);
      effect(() => followList(events.value));
    },
    openEvent: (id, how) => {
      const isOpen = openedId(opened.peek()) === id;
      beside.show({ name: "event", id }, how);
      // It may be there by now.
      if (isOpen) open(id);
    },
  };
}

function inList(events: readonly LogEvent[] | undefined, id: bigint): LogEvent | undefined {
  return events?.find((event) => event.id === id);
}

function reasonOf(error: unknown): { readonly why: string; readonly advice: string } {
  if (error instanceof Unreachable)
    return { why: "It can’t be loaded: the server can’t be reached.", advice: "Try again when it is back." };
  const why = messageOf(error);
  const isGone = error instanceof Refused && error.status === NOT_FOUND;
  return {
    why,
    advice: isGone ? "It may have been deleted, or the link is of another database." : "Try again.",
  };
}

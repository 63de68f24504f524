/** The story that is open beside the list: what the page shows of it, and how it is kept up to date. */
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";

import { messageOf } from "../../message-of.ts";
import { fetchEvents } from "../api.ts";
import type { OpenStory } from "../beside/address.ts";
import type { BesideList } from "../beside/beside.ts";
import type { LogEvent } from "../event/event.ts";
import { joinCalls } from "../feed/join-calls.ts";
import type { State } from "../state.ts";
import { textOf } from "../text/text.ts";
import { StoryEvents } from "./story-events.ts";

/** How long an event of the story may be unseen that the page's own rows do not have, because of its question. */
const POLL_MS = 2000;

/** What was read of the story. */
export interface StoryView {
  /** Oldest first. */
  readonly events: readonly LogEvent[];
  /** The oldest of all; undefined where that is not known. */
  readonly first: LogEvent | undefined;
  readonly hasOlder: boolean;
  /** No older ones are read any more. */
  readonly isFull: boolean;
}

export interface Story {
  readonly opened: ReadonlySignal<OpenStory | undefined>;
  /** Undefined until it was read for the first time. */
  readonly view: ReadonlySignal<StoryView | undefined>;
  readonly isLoading: ReadonlySignal<boolean>;
  /** Why it could not be read. */
  readonly failure: ReadonlySignal<string | undefined>;
  /** @param table of the row whose key the target is */
  readonly open: (target: string, table?: string) => void;
  readonly close: () => void;
  readonly loadOlder: () => void;
}

export function createStory(state: State, beside: BesideList): Story {
  const opened = computed(() => (beside.now.value.name === "story" ? beside.now.value : undefined));
  const reader = new StoryReader();
  // Another one when the log's columns are read in another way.
  const asked = computed(() => {
    const target = opened.value?.target;
    const { id, actor, target: targetColumn } = state.reading.value.roles;
    if (target === undefined || state.status.value === undefined || state.events.value === undefined)
      return undefined;
    return JSON.stringify([target, id, actor, targetColumn]);
  });

  effect(() => {
    if (asked.value === undefined) {
      reader.stop();
      return undefined;
    }
    const key = opened.peek()?.target ?? "";
    reader.start(key, state.reading.peek().roles);
    const timer = setInterval(() => {
      if (document.visibilityState !== "hidden") void reader.goOn();
    }, POLL_MS);
    return () => clearInterval(timer);
  });

  /** The page's own rows often know first. */
  let seenId: bigint | undefined;
  effect(() => {
    const newest = state.newest.value?.[0];
    const target = opened.value?.target;
    if (newest === undefined || target === undefined || newest.id === seenId) return;
    const { roles } = state.reading.peek();
    const isOfStory = state.newest.peek()?.some((event) => {
      if (seenId !== undefined && event.id <= seenId) return false;
      return [roles.actor, roles.target].some(
        (column) => column !== undefined && textOf(event.json[column]) === target,
      );
    });
    seenId = newest.id;
    if (isOfStory === true) void reader.goOn();
  });

  return {
    opened,
    view: reader.view,
    isLoading: reader.isLoading,
    failure: reader.failure,
    open: (target, table) => beside.show({ name: "story", target, table }),
    close: () => beside.close("story"),
    loadOlder: () => void reader.loadOlder(),
  };
}

/** Reads one story after the other. */
class StoryReader {
  readonly view: Signal<StoryView | undefined> = signal(undefined);
  readonly isLoading = signal(false);
  readonly failure: Signal<string | undefined> = signal(undefined);
  #events: StoryEvents | undefined;
  #restart: (() => void) | undefined;
  #isComplete = false;

  readonly goOn = joinCalls(() => this.#read((events) => this.#continue(events)));

  readonly loadOlder = joinCalls(async () => {
    this.isLoading.value = true;
    await this.#read((events) => events.loadOlder());
    this.isLoading.value = false;
  });

  start(key: string, roles: State["reading"]["value"]["roles"]): void {
    this.#restart = () => {
      this.#events = new StoryEvents({ key, roles, fetchEvents });
      this.#isComplete = false;
    };
    this.#restart();
    batch(() => {
      this.view.value = undefined;
      this.failure.value = undefined;
    });
    void this.goOn();
  }

  stop(): void {
    this.#events = undefined;
    this.#restart = undefined;
    this.view.value = undefined;
  }

  /** The first time everything that is newest, and from then on what comes. */
  async #continue(events: StoryEvents): Promise<"read" | "other-log"> {
    if (this.#isComplete) return events.loadNewer();
    const outcome = await events.loadOlder();
    if (outcome === "other-log" || events !== this.#events) return outcome;
    this.#isComplete = true;
    if (!events.hasOlder) return outcome;
    this.#show(events);
    return events.loadFirst();
  }

  async #read(work: (events: StoryEvents) => Promise<"read" | "other-log">): Promise<void> {
    for (let events = this.#events; events !== undefined; events = this.#next(events)) {
      try {
        const outcome = await work(events);
        // Another story was opened meanwhile: it is read in this turn.
        if (events !== this.#events) continue;
        this.failure.value = undefined;
        if (outcome === "other-log") this.#restart?.();
        else this.#show(events);
      } catch (error) {
        if (events === this.#events) {
          this.failure.value = messageOf(error);
          return;
        }
      }
    }
  }

  /** @returns what took the place of these events, or undefined where they are still the ones */
  #next(events: StoryEvents): StoryEvents | undefined {
    return events === this.#events ? undefined : this.#events;
  }

  #show(events: StoryEvents): void {
    if (events !== this.#events) return;
    const { first, hasOlder, isFull } = events;
    const before = this.view.peek();
    const all = events.events;
    const isSame =
      before !== undefined &&
      before.events.length === all.length &&
      before.events[0] === all[0] &&
      before.events.at(-1) === all.at(-1) &&
      before.hasOlder === hasOlder &&
      before.first === first;
    if (!isSame) this.view.value = { events: all, first, hasOlder, isFull };
  }
}

/** The views that the reader has saved, in the storage of the browser, the same in all of its tabs. */
import { type ReadonlySignal, signal } from "@preact/signals";

import { readPreference, writePreference } from "../preference.ts";
import { MAX_VIEWS, readViews, type SavedView, viewOf, viewsOfLinks } from "./saved-view.ts";

const NAME = "tailboard.views";

export interface SavedViews {
  readonly list: ReadonlySignal<readonly SavedView[]>;
  /** What came of the last change, where that is not to be seen by itself. */
  readonly answer: ReadonlySignal<string>;
  /** Takes the place of the view that has this name. */
  readonly save: (name: string, question: string) => boolean;
  /** @returns false where another view has this name */
  readonly rename: (from: string, to: string) => boolean;
  readonly remove: (name: string) => void;
  /** Adds the views of links, one a line. */
  readonly importLinks: (text: string) => void;
}

export function createSavedViews(): SavedViews {
  const list = signal(readViews(readPreference(NAME)));
  const answer = signal("");

  window.addEventListener("storage", ({ key }) => {
    // Without a key the whole storage was emptied.
    if (key === NAME || key === null) list.value = readViews(readPreference(NAME));
  });

  /** The names stand in the order of the alphabet, and numbers in the order of their size. */
  function keep(views: readonly SavedView[], said = ""): void {
    list.value = views.toSorted((one, other) =>
      one.name.localeCompare(other.name, undefined, { numeric: true }),
    );
    const isKept = writePreference(NAME, JSON.stringify(list.value));
    answer.value = isKept
      ? said
      : "The browser refuses to keep this, because its storage is blocked or full: it holds until the page is closed.";
  }

  function save(name: string, question: string): boolean {
    const view = viewOf(name, question);
    if (view === undefined) return false;
    const others = list.peek().filter((each) => each.name !== view.name);
    if (others.length >= MAX_VIEWS) {
      answer.value = `There is room for ${MAX_VIEWS} views. Delete one first.`;
      return false;
    }
    keep([...others, view], others.length < list.peek().length ? `“${view.name}” asks this now.` : "");
    return true;
  }

  function rename(from: string, to: string): boolean {
    const before = list.peek().find(({ name }) => name === from);
    const renamed = before === undefined ? undefined : viewOf(to, before.question);
    if (renamed === undefined) return false;
    const others = list.peek().filter(({ name }) => name !== from);
    if (others.some(({ name }) => name === renamed.name)) {
      answer.value = `Another view is called “${renamed.name}” already. Take another name.`;
      return false;
    }
    keep([...others, renamed]);
    return true;
  }

  function remove(name: string): void {
    keep(
      list.peek().filter((each) => each.name !== name),
      `“${name}” is deleted.`,
    );
  }

  function importLinks(text: string): void {
    const { views, unreadableCount } = viewsOfLinks(text);
    const merged = new Map(list.peek().map((view) => [view.name, view]));
    let leftOut = 0;
    for (const view of views) {
      if (merged.has(view.name) || merged.size < MAX_VIEWS) merged.set(view.name, view);
      else leftOut++;
    }
    const said = [
      `${countOf(views.length - leftOut, "view")} taken in.`,
      ...(unreadableCount > 0
        ? [`${countOf(unreadableCount, "line")} not read: no link with a question.`]
        : []),
      ...(leftOut > 0 ? [`${countOf(leftOut, "view")} left out: there is room for ${MAX_VIEWS}.`] : []),
    ];
    keep([...merged.values()], said.join(" "));
  }

  return { list, answer, save, rename, remove, importLinks };
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

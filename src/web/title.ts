/** The title of the tab: the one place that writes it. */
import { effect, type ReadonlySignal } from "@preact/signals";

export interface TitleSources {
  /** Rows that came while nobody saw the tab. */
  readonly unseen: ReadonlySignal<number>;
  /** Rows that the reader wants to be told of, since the tab was last looked at. */
  readonly matches: ReadonlySignal<number>;
  /** Anything but undefined is a problem. */
  readonly problem: ReadonlySignal<unknown>;
}

const NAME = "Tailboard";

/** A larger number would push the name out of the tab. */
const MAX_COUNT = 999;

/** The title is changed at most this often: at a thousand rows a second the browser would draw nothing but it. */
const PAUSE_MS = 250;

export function titleOf(counts: { unseen: number; matches: number; hasProblem: boolean }): string {
  const mark = counts.hasProblem ? "⚠ " : "";
  // What somebody waits for comes before what just came.
  if (counts.matches > 0) return `${mark}● ${countText(counts.matches)} new – ${NAME}`;
  return counts.unseen > 0 ? `${mark}(${countText(counts.unseen)}) ${NAME}` : mark + NAME;
}

/** Keeps the title of the page. */
export function keepTitle({ unseen, matches, problem }: TitleSources): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wanted = NAME;
  const write = (): void => {
    timer = undefined;
    if (document.title === wanted) return;
    document.title = wanted;
    timer = setTimeout(write, PAUSE_MS);
  };
  effect(() => {
    wanted = titleOf({
      unseen: unseen.value,
      matches: matches.value,
      hasProblem: problem.value !== undefined,
    });
    if (timer === undefined) write();
  });
}

function countText(count: number): string {
  return count > MAX_COUNT ? `${MAX_COUNT}+` : String(count);
}

/** Counts of the events of the last while: asked for anew once in a while, with the rows that came since on top. */
import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";

import { messageOf } from "../../message-of.ts";
import { fetchStats } from "../api.ts";
import { readPreference, writePreference } from "../preference.ts";
import type { State } from "../state.ts";
import { type Counts, countsOf } from "./counts.ts";
import { type LiveRow, LiveRows, MANY_ROWS } from "./live-rows.ts";
import { parametersOf, refreshMsOf, type Span, spanOf } from "./span.ts";
import { type Window, windowOf } from "./windows.ts";

const WINDOW_PREFERENCE = "tailboard.chart.window";

/** How often rows that came are drawn: more than a few times a second is not seen, and costs the page's processor. */
const DRAW_MS = 250;

/** After a request that failed. */
const RETRY_MS = 10_000;

/** An answer, and what it was the answer to. */
export interface Counted {
  readonly counts: Counts;
  readonly span: Span;
  readonly question: string;
}

export class Statistics {
  /** The latest answer. That of another question stays until there is one to the new question. */
  readonly counted: Signal<Counted | undefined> = signal(undefined);
  /** The rows after it. */
  readonly live: Signal<readonly LiveRow[]> = signal([]);
  /** Why the latest request had no answer. */
  readonly failure: Signal<string | undefined> = signal(undefined);
  readonly window: ReadonlySignal<Window>;
  /** Whether the table can be counted at all: a column tells the time. */
  readonly isPossible: ReadonlySignal<boolean>;
  readonly #state: State;
  readonly #chosen = signal(readPreference(WINDOW_PREFERENCE));
  readonly #rows = new LiveRows();
  /** By how much the server's clock is ahead of this one. */
  #aheadMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawTimer: ReturnType<typeof setTimeout> | undefined;
  #isAsking = false;
  /** Something changed while the server was asked. */
  #isOutdated = false;

  constructor(state: State) {
    this.#state = state;
    this.window = computed(() => windowOf(this.#chosen.value));
    this.isPossible = computed(
      () => (state.reading.value.roles.time ?? state.status.value?.columns.time) !== undefined,
    );
  }

  /** Now, as the server has it. In ms since 1970. */
  nowMs(): number {
    return Date.now() + this.#aheadMs;
  }

  choose(window: Window): void {
    this.#chosen.value = window.label;
    writePreference(WINDOW_PREFERENCE, window.label);
  }

  /** Counts from now on, while somebody looks at the page. The rows of the table come first. */
  open(): void {
    const { arrivals, events, isReachable, question, reading } = this.#state;
    const isReady = computed(() => events.value !== undefined && isReachable.value && this.isPossible.value);
    effect(() => {
      void question.value;
      void this.window.value;
      // Another column may tell the time or the type from now on.
      void reading.value;
      if (!isReady.value) return;
      this.#rows.clear();
      this.#askNow();
    });
    arrivals.on((event) => {
      if (isHidden() || !isReady.peek() || !this.#rows.add(event)) return;
      this.#drawSoon();
      if (this.#rows.length === MANY_ROWS) this.#askNow();
    });
    document.addEventListener("visibilitychange", () => {
      if (isHidden()) {
        clearTimeout(this.#timer);
        this.#rows.clear();
      } else if (isReady.peek()) {
        this.#askNow();
      }
    });
  }

  #drawSoon(): void {
    if (this.#drawTimer !== undefined) return;
    this.#drawTimer = setTimeout(() => {
      this.#drawTimer = undefined;
      this.#draw();
    }, DRAW_MS);
  }

  #draw(): void {
    this.live.value = [...this.#rows.read(this.#state.reading.peek())];
  }

  #askNow(): void {
    clearTimeout(this.#timer);
    if (this.#isAsking) this.#isOutdated = true;
    else void this.#ask();
  }

  /** Never two at once: a server that is slow is not asked faster. */
  async #ask(): Promise<void> {
    if (isHidden()) return;
    this.#isAsking = true;
    this.#isOutdated = false;
    const nextMs = await this.#refresh();
    this.#isAsking = false;
    if (this.#isOutdated) this.#askNow();
    else if (nextMs !== undefined && !isHidden()) this.#timer = setTimeout(() => void this.#ask(), nextMs);
  }

  /** @returns when to ask again, in ms from now; undefined where the answer stays as it is */
  async #refresh(): Promise<number | undefined> {
    const question = this.#state.question.peek();
    const zone = this.#state.reading.peek().timeZone;
    const span = spanOf({ question, window: this.window.peek(), zone, nowMs: this.nowMs() });
    try {
      const counts = countsOf(await fetchStats(parametersOf(span, question, zone)));
      if (span.toMs === undefined) this.#aheadMs = counts.toMs - Date.now();
      batch(() => {
        this.failure.value = undefined;
        this.counted.value = { counts, span, question };
        this.#rows.dropThrough(counts.latestId);
        this.#draw();
      });
      return refreshMsOf(span, counts.completeFromMs <= counts.fromMs);
    } catch (error) {
      batch(() => {
        this.failure.value = messageOf(error);
        // Of another question nothing must stay for long.
        if (this.counted.peek()?.question !== question) this.counted.value = undefined;
      });
      return RETRY_MS;
    }
  }
}

function isHidden(): boolean {
  return document.visibilityState === "hidden";
}

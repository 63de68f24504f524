/**
 * The rows of the table. Takes events in as fast as they come. The first one between two animation frames is shown at once,
 * those after it in the frame. Why: docs/decisions/drawing.md
 */
import { batch } from "@preact/signals";

import type { LogEvent } from "../event/event.ts";
import type { Reading } from "../event/reading.ts";
import type { State } from "../state.ts";
import { ArrivalRate } from "./arrival-rate.ts";
import { Flood } from "./flood.ts";
import { RecentEvents } from "./recent.ts";

export const MAX_ROWS = 50;

/**
 * More new rows than these in a second get no fade: dozens that fade at the same time only flicker, and the browser would
 * paint all of them anew in every frame.
 */
const MAX_FADES = 8;

/** Of more rows in a second than these nobody reads those that are out of sight: they are drawn when the table rests. */
const MAX_READ = 20;

/**
 * The first row that comes between two frames is drawn at once, so that the next frame has it without more ado. Where more
 * come in a second, that would be one drawing more in each frame, without which the others come sooner.
 */
const MAX_EARLY = 200;

/** The table rests when no row has come for so long. */
const REST_MS = 500;

/** How long rows that mean nothing any longer stay in sight while no row comes in their place. */
export const HOLD_MS = 1000;

interface Options {
  /** Rows went that were not replaced: the table shows fewer than the log may have. */
  readonly onShort: () => void;
  /** The rows after this id mean nothing any longer; all of them where it is undefined. */
  readonly onInvalid: (after: bigint | undefined) => void;
  /** Calls back before the browser draws the next time. */
  readonly nextFrame?: (draw: () => void) => void;
  /** The time, of whatever beginning. */
  readonly now?: () => number;
  /** Whether the reader may look at the page. */
  readonly isSeen?: () => boolean;
}

export class Rows {
  readonly #state: State;
  readonly #onShort: () => void;
  readonly #onInvalid: Options["onInvalid"];
  readonly #nextFrame: (draw: () => void) => void;
  readonly #now: () => number;
  readonly #isSeen: () => boolean;
  readonly #recent = new RecentEvents(MAX_ROWS);
  /** The rows that were loaded last reach back to the first of the log. */
  #isFromFirst = false;
  /** How many were added since the table was drawn. A count, because a hidden tab gets no frames for hours. */
  #addedCount = 0;
  #isScheduled = false;
  readonly #rate = new ArrivalRate();
  readonly #flood: Flood;
  /** How many rows came in a second when the table was drawn last. */
  #perSecond = 0;
  #restTimer: ReturnType<typeof setTimeout> | undefined;
  /** What is shown stays as it is until there is something to show in its place. */
  #isHeld = false;
  /** How many rows were shown before the resets of the last second. */
  #heldCount = 0;
  #holdTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    state: State,
    {
      onShort,
      onInvalid,
      nextFrame = requestAnimationFrame,
      now = () => performance.now(),
      isSeen = () => document.visibilityState === "visible",
    }: Options,
  ) {
    this.#state = state;
    this.#onShort = onShort;
    this.#onInvalid = onInvalid;
    // Called without a receiver: a browser refuses its own functions as methods of another object.
    this.#nextFrame = (draw) => nextFrame(draw);
    this.#now = now;
    this.#isSeen = isSeen;
    this.#flood = new Flood({
      now,
      isDrawn: () => state.log.isDrawn.peek(),
      nextFrame: this.#nextFrame,
    });
  }

  /** The newest rows as they were last shown, newest first. */
  get shown(): readonly LogEvent[] {
    return this.#state.newest.peek() ?? [];
  }

  /** @returns false when the event is there already, or is too old to be shown */
  add(event: LogEvent): boolean {
    if (!this.#recent.add(event)) return false;
    this.#isHeld = false;
    this.#addedCount++;
    this.#state.arrivals.tell(event);
    this.#schedule();
    return true;
  }

  /**
   * Shows these rows in place of those that are shown, in one go and without a fade. Rows that came while the list
   * was on its way are newer than all of it, and stay.
   * @param newestFirst the newest rows of the log
   * @param reading how their columns are read
   * @param isFromFirst nothing of the log is older
   */
  replace(newestFirst: readonly LogEvent[], reading: Reading, isFromFirst: boolean): void {
    const newestId = newestFirst[0]?.id;
    this.#countUnseen(newestFirst);
    const newer =
      newestId === undefined ? [] : this.#recent.newestFirst.filter((event) => event.id > newestId);
    this.#recent.clear();
    for (const event of [...newestFirst, ...newer]) this.#recent.add(event);
    this.#isHeld = false;
    this.#isFromFirst = isFromFirst;
    // In one go, because rows that are drawn with the roles of other columns have no time and no summary.
    batch(() => {
      this.#state.reading.value = reading;
      this.#show([]);
    });
  }

  /** What is loaded may have come while no stream was there to count it. */
  #countUnseen(newestFirst: readonly LogEvent[]): void {
    const last = this.shown[0];
    if (last === undefined || this.#isHeld) return;
    const unseen = newestFirst.filter(({ id }) => id > last.id);
    this.#addedCount += unseen.length;
    if (unseen.length === newestFirst.length && unseen.length === MAX_ROWS) this.#state.leaps.value++;
  }

  /**
   * The rows after this id mean nothing any longer. They stay in sight until the first row comes in their place, or
   * for a second, so that the table never flickers.
   */
  dropAfter(id: bigint): void {
    const newest = this.#recent.newestFirst[0];
    if (newest === undefined || newest.id <= id) return;
    this.#onInvalid(id);
    this.#recent.dropAfter(id);
    this.#isHeld = true;
    this.#heldCount = Math.max(this.#heldCount, this.shown.length);
    clearTimeout(this.#holdTimer);
    this.#holdTimer = setTimeout(() => this.#endHold(), HOLD_MS);
  }

  /** All rows mean nothing any longer. They stay in sight until others are loaded. */
  invalidate(): void {
    this.#onInvalid(undefined);
    this.#recent.clear();
    this.#state.isStale.value = this.#state.newest.peek() !== undefined;
    this.#isHeld = true;
    clearTimeout(this.#holdTimer);
    this.#heldCount = 0;
  }

  #endHold(): void {
    if (this.#isHeld) {
      this.#isHeld = false;
      this.#show([]);
    }
    const isShort = this.#recent.newestFirst.length < this.#heldCount;
    this.#heldCount = 0;
    if (isShort) this.#onShort();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    if (this.#mayDrawEarly()) this.#draw();
    const drawLate = () => {
      this.#isScheduled = false;
      if (this.#isHeld || this.#addedCount === 0) return;
      if (this.#flood.waitMs() > 0) this.#schedule();
      else this.#draw();
    };
    const waitMs = this.#flood.waitMs();
    if (waitMs > 0) setTimeout(() => this.#nextFrame(drawLate), waitMs);
    else this.#nextFrame(drawLate);
  }

  #mayDrawEarly(): boolean {
    return (
      this.#isSeen() && !this.#flood.isOn && this.#perSecond <= MAX_EARLY && this.#state.log.isDrawn.peek()
    );
  }

  #draw(): void {
    const startedAt = this.#now();
    const isWhole = this.#addedCount >= MAX_ROWS;
    this.#perSecond = this.#rate.note(this.#addedCount, startedAt);
    this.#show(this.#perSecond > MAX_FADES ? [] : this.#arriving());
    if (isWhole) this.#flood.measureDrawing(startedAt);
    else this.#flood.noteDrawing(startedAt);
  }

  /** The ids of the rows that are not shown so far. */
  #arriving(): bigint[] {
    const shown = new Set(this.shown);
    return this.#recent.newestFirst.filter((event) => !shown.has(event)).map(({ id }) => id);
  }

  #noteQuick(isQuick: boolean): void {
    clearTimeout(this.#restTimer);
    this.#state.isQuick.value = isQuick;
    if (isQuick) this.#restTimer = setTimeout(() => (this.#state.isQuick.value = false), REST_MS);
  }

  #show(arriving: readonly bigint[]): void {
    this.#flood.note(this.#addedCount);
    batch(() => {
      this.#noteQuick(this.#addedCount > 0 && this.#perSecond > MAX_READ);
      this.#state.newest.value = [...this.#recent.newestFirst];
      this.#state.isStale.value = false;
      this.#state.isFromFirst.value = this.#isFromFirst && !this.#recent.hasLetGo;
      this.#state.arriving.value = new Set(arriving);
      this.#state.received.value += this.#addedCount;
    });
    this.#addedCount = 0;
  }
}

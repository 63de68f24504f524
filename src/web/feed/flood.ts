/** How often the table is drawn while more rows come than anybody reads, so that the page can still answer. */

/**
 * More new rows than these in one drawing are a flood: nobody reads them all. So many more than what comes in two frames at
 * a hundred in a second that one slow frame is no flood.
 */
const FLOOD_ROWS = 20;

/** In a flood nobody reads every frame. Drawing 20 times a second leaves the page a processor to answer with. */
const FLOOD_PAUSE_MS = 50;

/**
 * Where the whole table is another one each time and drawing takes long, it leaves this many times as long for everything
 * else, up to the limit.
 */
const PAUSES_PER_DRAWING = 2;
const LONGEST_PAUSE_MS = 500;

/** @param drawingMs how long the last drawing took */
export function floodPauseMs(drawingMs: number): number {
  return Math.min(Math.max(FLOOD_PAUSE_MS, drawingMs * PAUSES_PER_DRAWING), LONGEST_PAUSE_MS);
}

interface Options {
  /** The time in ms, of whatever beginning. */
  readonly now: () => number;
  /** Whether all rows of the last drawing are in the page. */
  readonly isDrawn: () => boolean;
  readonly nextFrame: (draw: () => void) => void;
}

export class Flood {
  readonly #options: Options;
  #isOn = false;
  /** When the last drawing ended, and how long it took with what the browser makes of it; 0 for a part of the table. */
  #last = { endedAt: -Infinity, tookMs: 0 };

  constructor(options: Options) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** @param count of rows that are shown for the first time */
  note(count: number): void {
    this.#isOn = count > FLOOD_ROWS;
  }

  /** How long rows that come have to wait. In ms; 0 or less where they can be shown at once. */
  waitMs(): number {
    if (!this.#isOn) return 0;
    // A table that became another one before its last rows are in the page would never show them.
    if (!this.#options.isDrawn()) return FLOOD_PAUSE_MS;
    return this.#last.endedAt + floodPauseMs(this.#last.tookMs) - this.#options.now();
  }

  /** A part of the table was drawn. */
  noteDrawing(startedAt: number): void {
    this.#last = { endedAt: startedAt, tookMs: 0 };
  }

  /** The whole table. A timer comes after the frame that it was set in; until then the last drawing counts. */
  measureDrawing(startedAt: number): void {
    const { now, isDrawn, nextFrame } = this.#options;
    setTimeout(() => {
      const endedAt = now();
      if (isDrawn()) this.#last = { endedAt, tookMs: endedAt - startedAt };
      else nextFrame(() => this.measureDrawing(startedAt));
    });
  }
}

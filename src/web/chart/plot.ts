/** Draws the bars on a canvas. Loaded after the first rows: the library is larger than the rest of the page's views. */
import uPlot from "uplot";

import type { Bars } from "./bars.ts";
import { ticksOf, tickWriter } from "./ticks.ts";

export interface PlotOptions {
  /** Of a layer, as the canvas understands it. Asked for at every drawing, because the theme may change. */
  readonly colourOf: (layer: number) => string;
  /** @param bar the place of the bar under the cursor, or undefined */
  readonly onHover: (bar: number | undefined) => void;
  /** A part was chosen, in ms since 1970, from the beginning of a bar to the end of one. */
  readonly onZoom: (fromMs: number, toMs: number) => void;
}

export interface Plot {
  /** @param zone in which the marks are written */
  readonly draw: (bars: Bars, zone: string) => void;
  /** Draws the same again, in the colours of now. */
  readonly redraw: () => void;
  readonly close: () => void;
}

/** As many as `barsOf` makes: seven types, and the others. */
const MAX_LAYERS = 8;

/** Between two marks of the time. In CSS pixels. */
const TICK_DISTANCE = 90;

/** A mark that is nearer to the right edge has no room for its text. In CSS pixels. */
const HALF_TICK = 32;

/** A shorter way of the mouse is a click that trembled. In CSS pixels. */
const SHORTEST_DRAG = 3;

const SECOND_MS = 1000;

const FONT = "11px system-ui, sans-serif";

/** So much higher than the highest bar. */
const HEADROOM = 1.05;

const SHORT_NUMBER = new Intl.NumberFormat(undefined, { notation: "compact" });

/** Of the scale of the counts. In CSS pixels. */
const COUNTS_WIDTH = 44;

/** 1, 10, 100, … as far as counts go. */
const POWERS = Array.from({ length: 12 }, (_, power) => 10 ** power);
const COUNT_STEPS = POWERS.flatMap((power) => [1, 2, 5].map((digit) => digit * power));

export function createPlot(root: HTMLElement, options: PlotOptions): Plot {
  let shown: Bars = { starts: [], bucketMs: SECOND_MS, layers: [], total: 0 };
  let zone = "UTC";
  const bars = uPlot.paths.bars?.({ size: [0.86, Infinity, 1] });
  if (bars === undefined) throw new Error("uPlot draws no bars: is another version of it installed?");

  const select = (self: uPlot): void => {
    const { left, width } = self.select;
    if (width < SHORTEST_DRAG) return;
    const { bucketMs } = shown;
    const from = Math.floor((self.posToVal(left, "x") * SECOND_MS) / bucketMs) * bucketMs;
    const to = Math.ceil((self.posToVal(left + width, "x") * SECOND_MS) / bucketMs) * bucketMs;
    self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    options.onZoom(from, to);
  };

  const plot = new uPlot(
    {
      ...sizeOf(root),
      padding: [8, 0, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: false, range: () => rangeOf(shown) },
        y: { range: (_self, _min, max) => [0, Math.max(1, max * HEADROOM)] },
      },
      axes: axesOf(root, () => zone),
      series: [
        {},
        ...Array.from({ length: MAX_LAYERS }, (_, at): uPlot.Series => {
          const fill = () => options.colourOf(layerOf(at));
          return { fill, width: 0, paths: bars, points: { show: false } };
        }),
      ],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false },
        // A double click of uPlot shows everything, and here the question says what is shown.
        bind: { dblclick: () => null },
      },
      hooks: { setCursor: [({ cursor }) => options.onHover(cursor.idx ?? undefined)], setSelect: [select] },
    },
    dataOf(shown),
    root,
  );
  const observer = new ResizeObserver(() => plot.setSize(sizeOf(root)));
  observer.observe(root);

  return {
    draw: (next, nextZone) => {
      shown = next;
      zone = nextZone;
      plot.setData(dataOf(next));
    },
    redraw: () => plot.redraw(false, true),
    close: () => {
      observer.disconnect();
      plot.destroy();
    },
  };
}

/** The colours are those of the element, because a canvas does not know the names of the page's colours. */
function axesOf(root: HTMLElement, zone: () => string): uPlot.Axis[] {
  const stroke = (): string => getComputedStyle(root).color;
  const line = (): string => getComputedStyle(root).borderTopColor;
  const ticksMs = (splits: readonly number[]): number[] => splits.map((split) => split * SECOND_MS);
  return [
    {
      stroke,
      font: FONT,
      size: 22,
      gap: 4,
      ticks: { show: false },
      grid: { show: false },
      splits: (self, _axis, from, to) =>
        ticksOf(from * SECOND_MS, to * SECOND_MS, zone(), self.width / TICK_DISTANCE)
          .map((ms) => ms / SECOND_MS)
          .filter((tick) => ((to - tick) / (to - from)) * self.width > HALF_TICK),
      values: (_self, splits) => {
        const [first = 0, second = Infinity] = ticksMs(splits);
        return ticksMs(splits).map(tickWriter(zone(), second - first));
      },
    },
    {
      stroke,
      font: FONT,
      size: COUNTS_WIDTH,
      gap: 4,
      space: 28,
      incrs: COUNT_STEPS,
      ticks: { show: false },
      grid: { stroke: line, width: 1 },
      values: (_self, splits) => splits.map((count) => SHORT_NUMBER.format(count)),
    },
  ];
}

function sizeOf(root: HTMLElement): { width: number; height: number } {
  return { width: Math.max(1, root.clientWidth), height: Math.max(1, root.clientHeight) };
}

/** In seconds. */
function rangeOf({ starts, bucketMs }: Bars): [from: number, to: number] {
  const [first = 0] = starts;
  return [first / SECOND_MS, ((starts.at(-1) ?? first) + bucketMs) / SECOND_MS];
}

/** The highest of the stack is drawn first, and the lower ones over it. */
const layerOf = (series: number): number => MAX_LAYERS - 1 - series;

/** The middle of each bar, and how high each layer reaches there. */
function dataOf({ starts, bucketMs, layers }: Bars): uPlot.AlignedData {
  const heights: (number | null)[][] = [];
  const reached = starts.map(() => 0);
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    const counts = layers[layer]?.counts;
    heights.push(
      reached.map((below, at) => {
        const count = counts?.[at] ?? 0;
        reached[at] = below + count;
        return count === 0 ? null : below + count;
      }),
    );
  }
  return [starts.map((start) => (start + bucketMs / 2) / SECOND_MS), ...heights.toReversed()];
}

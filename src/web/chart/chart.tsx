import { useMemo, useRef, useState } from "preact/hooks";

import { readPreference, writePreference } from "../preference.ts";
import type { State } from "../state.ts";
import { toggleValue } from "../statistics/ask-value.ts";
import { hasBeginning } from "../statistics/bounds.ts";
import { spanWords } from "../statistics/span-words.ts";
import type { Counted, Statistics } from "../statistics/statistics.ts";
import { isZoomed, withoutZoom, type Zoom, zoomInto } from "../statistics/zoom.ts";
import { LeavingButton } from "../views/leaving-button.tsx";
import { Visible } from "../views/visible.tsx";
import { type Bars, barsOf } from "./bars.ts";
import { Canvas } from "./canvas.tsx";
import { Legend } from "./legend.tsx";
import { WindowSwitch } from "./window-switch.tsx";
import { barWords, countWords, layerWords, summaryWords, type TypeNames } from "./words.ts";

interface Props {
  readonly state: State;
  readonly statistics: Statistics;
  /** Asks this question from now on. */
  readonly onAsk: (question: string) => void;
}

const SHOWN_PREFERENCE = "tailboard.chart.shown";

/** The events over time, by type. Nothing where no column tells the time. */
export function Chart({ state, statistics, onAsk }: Props) {
  const [isShown, setIsShown] = useState(() => (readPreference(SHOWN_PREFERENCE) ?? usualChoice()) === "yes");
  const [hovered, setHovered] = useState<number>();
  const [zoom, setZoom] = useState<Zoom>();
  const counted = statistics.counted.value;
  const live = statistics.live.value;
  const moment = state.moment.value;
  const bars = useMemo(
    () => counted && barsOf(counted.counts, live, counted.span, statistics.nowMs()),
    [counted, live, moment],
  );
  if (!statistics.isPossible.value) return null;
  const question = state.question.value;
  const whole = withoutZoom(question, zoom);
  const onZoom = (fromMs: number, toMs: number): void => {
    const into = zoomInto(question, zoom, fromMs, toMs, state.clock.peek().zone);
    setZoom(into);
    onAsk(into.zoomed);
  };
  const names = { column: state.reading.value.roles.type, labels: state.reading.value.labels };
  const toggle = (): void => {
    setIsShown(!isShown);
    setHovered(undefined);
    writePreference(SHOWN_PREFERENCE, isShown ? "no" : "yes");
  };
  return (
    <section id="chart" class={isShown ? "chart" : "chart collapsed"} aria-label="Events over time">
      <div class="chart-head">
        <p class="chart-readout">
          {counted !== undefined && bars !== undefined && (
            <Readout
              {...{ state, statistics, counted, bars, names }}
              hovered={isShown ? hovered : undefined}
            />
          )}
        </p>
        {isZoomed(question, zoom) && (
          <LeavingButton
            heirs={[".window-switch [aria-pressed='true']"]}
            id="reset-zoom"
            onClick={() => onAsk(whole)}
          >
            Reset zoom
          </LeavingButton>
        )}
        <WindowSwitch
          chosen={hasBeginning(question) ? undefined : statistics.window.value}
          isPossible={!hasBeginning(whole)}
          onChoose={(window) => {
            statistics.choose(window);
            if (whole !== question) onAsk(whole);
          }}
        />
        <button
          type="button"
          id="toggle-chart"
          aria-expanded={isShown}
          aria-controls="chart-body"
          onClick={toggle}
        >
          {isShown ? "Hide chart" : "Show chart"}
        </button>
      </div>
      <div id="chart-body" class="chart-body" hidden={!isShown}>
        {isShown && (
          <Body {...{ state, statistics, counted, bars, names, onAsk, onZoom }} onHover={setHovered} />
        )}
      </div>
    </section>
  );
}

/** On a small screen the chart would take most of the first sight. */
function usualChoice(): "yes" | "no" {
  return window.matchMedia("(width < 760px)").matches ? "no" : "yes";
}

interface BodyProps extends Props {
  readonly counted: Counted | undefined;
  readonly bars: Bars | undefined;
  readonly names: TypeNames;
  readonly onHover: (bar: number | undefined) => void;
  /** @param toMs does not belong to it */
  readonly onZoom: (fromMs: number, toMs: number) => void;
}

function Body({ state, statistics, counted, bars, names, onAsk, onHover, onZoom }: BodyProps) {
  const list = useRef<HTMLUListElement>(null);
  const clock = state.clock.value;
  const question = state.question.value;
  if (counted === undefined || bars === undefined) {
    const failure = statistics.failure.value;
    return failure === undefined ? null : <p class="chart-words">The events can’t be counted: {failure}</p>;
  }
  const when = spanWords(counted.span, statistics.window.value, clock);
  const colourOf = (layer: number): string => {
    const swatch = list.current?.querySelectorAll(".swatch")[layer];
    return swatch === undefined ? "transparent" : getComputedStyle(swatch).backgroundColor;
  };
  return (
    <>
      {bars.total === 0 && <p class="chart-words">No events {when}.</p>}
      <Canvas
        isHidden={bars.total === 0}
        bars={bars}
        zone={clock.zone}
        summary={summaryWords(bars, when, names)}
        colourOf={colourOf}
        onHover={onHover}
        onZoom={onZoom}
      />
      <Legend
        layers={bars.layers}
        names={names}
        question={question}
        list={list}
        onType={(type) => onAsk(toggleValue(question, "type", type))}
      />
    </>
  );
}

interface ReadoutProps {
  readonly state: State;
  readonly statistics: Statistics;
  readonly counted: Counted;
  readonly bars: Bars;
  readonly names: TypeNames;
  /** The bar under the cursor. */
  readonly hovered: number | undefined;
}

/** The bar under the cursor, or all of them. */
function Readout({ state, statistics, counted, bars, names, hovered }: ReadoutProps) {
  const clock = state.clock.value;
  const start = hovered === undefined ? undefined : bars.starts[hovered];
  if (hovered !== undefined && start !== undefined && bars.total > 0) {
    const count = bars.layers.reduce((sum, { counts }) => sum + (counts[hovered] ?? 0), 0);
    return (
      <>
        <span class="number">{barWords(start, bars.bucketMs, clock)}</span> {countWords(count)}
        {count > 0 && (
          <>
            : <Visible text={layerWords(bars, hovered, names)} />
          </>
        )}
      </>
    );
  }
  const { completeFromMs, fromMs, toMs } = counted.counts;
  const isPartial = completeFromMs > fromMs && toMs > fromMs;
  return (
    <>
      <span class="number">{countWords(bars.total)}</span>{" "}
      {spanWords(counted.span, statistics.window.value, clock)}
      {isPartial && ", still counting"}
    </>
  );
}

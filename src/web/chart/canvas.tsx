import { useEffect, useRef, useState } from "preact/hooks";

import type { Bars } from "./bars.ts";
import type { Plot, PlotOptions } from "./plot.ts";

interface Props extends PlotOptions {
  /** There is nothing to draw. The library is loaded all the same, because the server may be away when there is. */
  readonly isHidden: boolean;
  readonly bars: Bars;
  readonly zone: string;
  /** For those who do not see it. */
  readonly summary: string;
}

/** Where the bars are drawn, as soon as the library is there that draws them. */
export function Canvas(props: Props) {
  const { bars, zone, summary, isHidden } = props;
  const root = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    let isGone = false;
    const load = async (): Promise<void> => {
      const { createPlot } = await import("./plot.ts");
      if (isGone || root.current === null) return;
      plot.current = createPlot(root.current, {
        colourOf: (layer) => latest.current.colourOf(layer),
        onHover: (bar) => latest.current.onHover(bar),
        onZoom: (from, to) => latest.current.onZoom(from, to),
      });
      plot.current.draw(latest.current.bars, latest.current.zone);
    };
    load().catch((error: unknown) => setFailure(String(error)));
    const stopWatching = onTheme(() => plot.current?.redraw());
    return () => {
      isGone = true;
      stopWatching();
      plot.current?.close();
      plot.current = undefined;
    };
  }, []);
  useEffect(() => plot.current?.draw(bars, zone), [bars, zone]);
  return failure === undefined ? (
    <div class="chart-plot" ref={root} role="img" aria-label={summary} hidden={isHidden} />
  ) : (
    <p class="chart-words" hidden={isHidden}>
      The chart can’t be loaded: {failure}. Reload the page to try again.
    </p>
  );
}

/** The colours of the page change with a setting of the system, or with an attribute of the document. */
function onTheme(redraw: () => void): () => void {
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(redraw);
  scheme.addEventListener("change", redraw);
  observer.observe(document.documentElement, { attributes: true });
  return () => {
    scheme.removeEventListener("change", redraw);
    observer.disconnect();
  };
}

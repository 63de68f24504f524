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

/** The server may be away just when the library is wanted. Some browsers ask again, others only after a reload. */
const RETRY_MS = 5000;

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
    let retry: ReturnType<typeof setTimeout> | undefined;
    const load = async (): Promise<void> => {
      const { createPlot } = await import("./plot.ts");
      setFailure(undefined);
      if (isGone || root.current === null) return;
      plot.current = createPlot(root.current, {
        colourOf: (layer) => latest.current.colourOf(layer),
        onHover: (bar) => latest.current.onHover(bar),
        onZoom: (from, to) => latest.current.onZoom(from, to),
      });
      plot.current.draw(latest.current.bars, latest.current.zone);
    };
    const tryToLoad = (): void => {
      load().catch((error: unknown) => {
        setFailure(String(error));
        if (!isGone) retry = setTimeout(tryToLoad, RETRY_MS);
      });
    };
    tryToLoad();
    const stopWatching = onTheme(() => plot.current?.redraw());
    return () => {
      isGone = true;
      clearTimeout(retry);
      stopWatching();
      plot.current?.close();
      plot.current = undefined;
    };
  }, []);
  useEffect(() => plot.current?.draw(bars, zone), [bars, zone]);
  return (
    <>
      <div
        class="chart-plot"
        ref={root}
        role="img"
        aria-label={summary}
        hidden={isHidden || failure !== undefined}
      />
      {failure !== undefined && (
        <p class="chart-words" hidden={isHidden}>
          The chart can’t be loaded: {failure}. It is tried again every few seconds; if it does not come,
          reload the page.
        </p>
      )}
    </>
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

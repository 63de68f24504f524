import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { termOf, withTerm } from "../detail/terms.ts";
import type { Reading } from "../event/reading.ts";
import { readAskable } from "./askable.ts";
import type { Log } from "./log.ts";

interface Props {
  readonly question: ReadonlySignal<string>;
  readonly reading: ReadonlySignal<Reading>;
  readonly log: Log;
  readonly onAsk: (question: string) => void;
  readonly children: ComponentChildren;
}

/** The element of a value, and where it was when the buttons were put beside it: in CSS pixels of the window. */
interface Hovered {
  readonly element: HTMLElement;
  readonly top: number;
  readonly right: number;
}

/** A rounded half of a pixel is no move. */
const MOVED_PX = 1;

/**
 * Offers to ask for the value under the pointer, or for all others: ✓ and ✗ beside it. For the pointer alone: the
 * keyboard finds the same in the open event. They stand in the window, and the rows move beneath them: so they go as
 * soon as their value is no longer beside them, and hold the rows while the pointer is on them.
 */
export function ValueFilter({ question, reading, log, onAsk, children }: Props) {
  const [hovered, setHovered] = useState<Hovered | undefined>(undefined);
  const buttons = useRef<HTMLSpanElement>(null);
  const isHolding = useRef(false);
  const release = (): void => {
    if (isHolding.current) log.happen("pointer-left");
    isHolding.current = false;
  };
  useEffect(() => {
    if (hovered === undefined) {
      // What goes from under the pointer tells of no pointer that leaves it.
      release();
      return undefined;
    }
    // Whatever moves a row, from new rows to a table above that grows, is seen in the next frame.
    let request = requestAnimationFrame(function look() {
      if (isBeside(hovered)) request = requestAnimationFrame(look);
      else setHovered(undefined);
    });
    return () => cancelAnimationFrame(request);
  }, [hovered]);

  const ask = (of: Hovered, isNegated: boolean): void => {
    setHovered(undefined);
    const asked = isBeside(of) ? readAskable(of.element.dataset["asked"]) : undefined;
    const term = asked === undefined ? undefined : termOf(asked, reading.peek().roles);
    if (term !== undefined) onAsk(withTerm(question.peek(), term, isNegated));
  };
  return (
    <div
      class="value-filter-area"
      onPointerOver={(event) => {
        if (event.pointerType === "touch" || !(event.target instanceof Element)) return;
        if (buttons.current?.contains(event.target) !== true) setHovered(hoveredValue(event.target));
      }}
      onPointerLeave={() => setHovered(undefined)}
    >
      {children}
      {hovered !== undefined && (
        <span
          ref={buttons}
          class="value-filter"
          aria-hidden="true"
          style={{ top: `${hovered.top}px`, left: `${hovered.right}px` }}
          onPointerEnter={() => {
            isHolding.current = true;
            log.hold("pointer");
          }}
          onPointerLeave={({ relatedTarget }) => {
            // Back on the rows it is they that hold themselves.
            if (relatedTarget instanceof Element && relatedTarget.closest("tbody") !== null)
              isHolding.current = false;
            else release();
          }}
        >
          <button type="button" tabIndex={-1} title="Only these" onClick={() => ask(hovered, false)}>
            ✓
          </button>
          <button type="button" tabIndex={-1} title="All but these" onClick={() => ask(hovered, true)}>
            ✗
          </button>
        </span>
      )}
    </div>
  );
}

function hoveredValue(target: Element): Hovered | undefined {
  const element = target.closest("[data-asked]");
  if (!(element instanceof HTMLElement)) return undefined;
  const { top, right } = element.getBoundingClientRect();
  return { element, top, right };
}

function isBeside({ element, top, right }: Hovered): boolean {
  const rect = element.getBoundingClientRect();
  return (
    element.isConnected && Math.abs(rect.top - top) < MOVED_PX && Math.abs(rect.right - right) < MOVED_PX
  );
}

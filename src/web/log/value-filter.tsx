import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";

import { type AskedValue, termOf, withTerm } from "../detail/terms.ts";
import type { Reading } from "../event/reading.ts";
import { readAskable } from "./askable.ts";

interface Props {
  readonly question: ReadonlySignal<string>;
  readonly reading: ReadonlySignal<Reading>;
  readonly onAsk: (question: string) => void;
  readonly children: ComponentChildren;
}

interface Hovered {
  readonly asked: AskedValue;
  /** In CSS pixels of the window. */
  readonly top: number;
  readonly left: number;
}

/**
 * Offers to ask for the value under the pointer, or for all others: ✓ and ✗ beside it. For the pointer alone: the
 * keyboard finds the same in the open event.
 */
export function ValueFilter({ question, reading, onAsk, children }: Props) {
  const [hovered, setHovered] = useState<Hovered | undefined>(undefined);
  const buttons = useRef<HTMLSpanElement>(null);
  const ask = ({ asked }: Hovered, isNegated: boolean): void => {
    setHovered(undefined);
    const term = termOf(asked, reading.peek().roles);
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
          style={{ top: `${hovered.top}px`, left: `${hovered.left}px` }}
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
  const asked = element instanceof HTMLElement ? readAskable(element.dataset["asked"]) : undefined;
  if (element === null || asked === undefined) return undefined;
  const { top, right } = element.getBoundingClientRect();
  return { asked, top, left: right };
}

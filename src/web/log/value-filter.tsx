import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";

import { withValue } from "../asked.ts";

interface Props {
  readonly question: ReadonlySignal<string>;
  readonly onAsk: (question: string) => void;
  readonly children: ComponentChildren;
}

interface Hovered {
  readonly field: string;
  readonly value: string;
  /** In CSS pixels of the window. */
  readonly top: number;
  readonly left: number;
}

/**
 * Offers to ask for the value under the pointer, or for all others: ✓ and ✗ beside it. For the pointer alone: the
 * keyboard finds the same in the open event.
 */
export function ValueFilter({ question, onAsk, children }: Props) {
  const [hovered, setHovered] = useState<Hovered | undefined>(undefined);
  const buttons = useRef<HTMLSpanElement>(null);
  const ask = ({ field, value }: Hovered, isNegated: boolean): void => {
    setHovered(undefined);
    onAsk(withValue(question.peek(), field, value, isNegated));
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
  const element = target.closest("[data-field]");
  if (!(element instanceof HTMLElement)) return undefined;
  const { field, value } = element.dataset;
  if (field === undefined || value === undefined || value === "") return undefined;
  const { top, right } = element.getBoundingClientRect();
  return { field, value, top, left: right };
}

/** Holds the rows while the pointer moves over them, so that a click hits the row that it was meant for. */
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

import type { Log } from "./log.ts";

/** A pointer that rests this long is not on its way to a row any longer. */
const REST_MS = 700;

export function usePointer(body: RefObject<HTMLTableSectionElement | null>, log: Log): void {
  useEffect(() => {
    const { current } = body;
    if (current === null) return undefined;
    let rest: ReturnType<typeof setTimeout> | undefined;
    let last = "";
    const leave = (): void => {
      clearTimeout(rest);
      log.happen("pointer-left");
    };
    const go = ({ relatedTarget }: PointerEvent): void => {
      // The buttons beside a value hold the rows themselves: between the two nothing may move.
      if (relatedTarget instanceof Element && relatedTarget.closest(".value-filter") !== null)
        clearTimeout(rest);
      else leave();
    };
    const move = (event: PointerEvent): void => {
      // A finger scrolls; and rows that move under a resting pointer are no movement of it.
      const place = `${event.screenX} ${event.screenY}`;
      if (event.pointerType === "touch" || place === last) return;
      last = place;
      log.hold("pointer");
      clearTimeout(rest);
      rest = setTimeout(leave, REST_MS);
    };
    current.addEventListener("pointermove", move, { passive: true });
    current.addEventListener("pointerleave", go, { passive: true });
    return () => {
      clearTimeout(rest);
      current.removeEventListener("pointermove", move);
      current.removeEventListener("pointerleave", go);
    };
  }, []);
}

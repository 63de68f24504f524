import { MAX_WIDTH, MIN_WIDTH, rememberWidth, withinLimits } from "./pane-width.ts";

interface Props {
  /** In rem. */
  readonly width: number;
  readonly onWidth: (width: number) => void;
}

/** The left edge of the pane: it is drawn with the pointer, or moved by the arrow keys. */
export function PaneResizer({ width, onWidth }: Props) {
  const onPointerDown = (down: PointerEvent & { currentTarget: HTMLElement }) => {
    const handle = down.currentTarget;
    const remPx = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const widthAt = (x: number) => width + (down.clientX - x) / remPx;
    const onMove = (move: PointerEvent) => onWidth(withinLimits(widthAt(move.clientX)));
    const onEnd = (end: PointerEvent) => {
      handle.removeEventListener("pointermove", onMove);
      handle.removeEventListener("pointerup", onEnd);
      handle.removeEventListener("pointercancel", onEnd);
      onWidth(rememberWidth(widthAt(end.clientX)));
    };
    // No text is selected meanwhile.
    down.preventDefault();
    handle.focus();
    handle.setPointerCapture(down.pointerId);
    handle.addEventListener("pointermove", onMove);
    handle.addEventListener("pointerup", onEnd);
    handle.addEventListener("pointercancel", onEnd);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = widthAfter(event.key, width);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onWidth(rememberWidth(next));
  };
  return (
    <div
      class="resizer"
      role="separator"
      tabIndex={0}
      aria-label="Width of the detail"
      aria-orientation="vertical"
      aria-controls="detail"
      aria-valuemin={MIN_WIDTH}
      aria-valuemax={MAX_WIDTH}
      aria-valuenow={width}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
    />
  );
}

/** The edge follows the arrow: to the left the pane grows. */
function widthAfter(key: string, width: number): number | undefined {
  if (key === "ArrowLeft") return width + 1;
  if (key === "ArrowRight") return width - 1;
  if (key === "Home") return MIN_WIDTH;
  return key === "End" ? MAX_WIDTH : undefined;
}

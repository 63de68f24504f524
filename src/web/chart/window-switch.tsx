import { type Window, WINDOWS } from "../statistics/windows.ts";

interface Props {
  /** Undefined where the question says which part of the time is meant. */
  readonly chosen: Window | undefined;
  readonly onChoose: (window: Window) => void;
}

export function WindowSwitch({ chosen, onChoose }: Props) {
  return (
    <div class="window-switch" role="group" aria-label="Length of time in the chart">
      {WINDOWS.map((window) => (
        <button
          key={window.label}
          type="button"
          aria-pressed={window === chosen}
          onClick={() => onChoose(window)}
        >
          {window.label}
        </button>
      ))}
    </div>
  );
}

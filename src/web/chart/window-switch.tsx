import { type Window, WINDOWS } from "../statistics/windows.ts";

interface Props {
  /** Undefined where the question says which part of the time is meant. */
  readonly chosen: Window | undefined;
  /** False where the reader has written when it begins: no window changes that. */
  readonly isPossible: boolean;
  readonly onChoose: (window: Window) => void;
}

export function WindowSwitch({ chosen, isPossible, onChoose }: Props) {
  return (
    <div class="window-switch" role="group" aria-label="Length of time in the chart">
      {WINDOWS.map((window) => (
        <button
          key={window.label}
          type="button"
          aria-pressed={window === chosen}
          disabled={!isPossible}
          title={isPossible ? undefined : "The search says since when: take since: away first"}
          onClick={() => onChoose(window)}
        >
          {window.label}
        </button>
      ))}
    </div>
  );
}

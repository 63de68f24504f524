import type { Signal } from "@preact/signals";

import { nextTimeMode, TIME_MODE_WORDS, type TimeMode } from "../settings/time-mode.ts";

interface Props {
  readonly mode: Signal<TimeMode>;
  /** The reader's own. */
  readonly zone: string;
}

/** Each click goes on to the next way to write times. */
export function ZoneSwitch({ mode, zone }: Props) {
  const flip = () => {
    mode.value = nextTimeMode(mode.peek());
  };
  const title = `Times are shown ${describe(mode.value, zone)}. Show them ${describe(nextTimeMode(mode.value), zone)}.`;
  return (
    <button id="zone-switch" type="button" title={title} onClick={flip}>
      {TIME_MODE_WORDS[mode.value]}
    </button>
  );
}

function describe(mode: TimeMode, zone: string): string {
  switch (mode) {
    case "local":
      return `in ${zone}`;
    case "utc":
      return "in UTC";
    case "relative":
      return "as how long ago they were";
  }
}

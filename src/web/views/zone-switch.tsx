import type { Signal } from "@preact/signals";

import { writePreference } from "../preference.ts";
import { UTC_PREFERENCE } from "../state.ts";

interface Props {
  readonly showsUtc: Signal<boolean>;
  /** The reader's own. */
  readonly zone: string;
}

export function ZoneSwitch({ showsUtc, zone }: Props) {
  const isUtc = showsUtc.value;
  const flip = () => {
    showsUtc.value = !isUtc;
    writePreference(UTC_PREFERENCE, isUtc ? "no" : "yes");
  };
  const title = isUtc
    ? `Times are shown in UTC. Show them in ${zone}.`
    : `Times are shown in ${zone}. Show them in UTC.`;
  return (
    <button id="zone-switch" type="button" title={title} onClick={flip}>
      {isUtc ? "UTC" : "Local time"}
    </button>
  );
}

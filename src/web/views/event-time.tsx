import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";

import { instantOf, type Reading } from "../event/reading.ts";
import { textOf } from "../text/text.ts";
import { type Clock, timeTitle, UNREADABLE_TIME } from "../time/clock.ts";
import { relativeTime } from "../time/relative-time.ts";
import { Visible } from "./visible.tsx";

interface Props {
  readonly value: unknown;
  readonly reading: Reading;
  readonly clock: Clock;
}

export function EventTime({ value, reading, clock }: Props) {
  const text = textOf(value);
  if (text === "") return null;
  const ms = instantOf(value, reading);
  if (ms === undefined) {
    return (
      <span class="raw-time" title={UNREADABLE_TIME}>
        <Visible text={text} />
      </span>
    );
  }
  return (
    <time dateTime={clock.read(ms).iso} title={timeTitle(clock.read(ms).iso, value)}>
      {clock.now === undefined ? (
        <Instant ms={ms} clock={clock} />
      ) : (
        <Ago ms={ms} clock={clock} now={clock.now} />
      )}
    </time>
  );
}

interface InstantProps {
  /** Since 1970. */
  readonly ms: number;
  readonly clock: Clock;
}

function Instant({ ms, clock }: InstantProps) {
  const { clock: time, day, offset } = clock.read(ms);
  return (
    <>
      {day !== undefined && <span class="day">{day} </span>}
      {time}
      {offset !== undefined && <span class="offset"> {offset}</span>}
    </>
  );
}

/** Goes on by itself. A screen reader reads the time in full: it would read "2 min" as two minimums, and hours later. */
function Ago({ ms, clock, now }: InstantProps & { readonly now: NonNullable<Clock["now"]> }) {
  // The text of the element changes where the words do, and nothing is drawn again.
  const words = useMemo(() => computed(() => relativeTime(ms, now.value)), [ms, now]);
  return (
    <>
      <span aria-hidden="true">{words}</span>
      <span class="visually-hidden">
        <Instant ms={ms} clock={clock} />
      </span>
    </>
  );
}

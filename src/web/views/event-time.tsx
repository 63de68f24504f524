import { type Clock, timeTitle, UNREADABLE_TIME } from "../clock.ts";
import { instantOf, type Reading } from "../reading.ts";
import { textOf } from "../text.ts";
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
  const { clock: time, day, offset, iso } = clock.read(ms);
  return (
    <time dateTime={iso} title={timeTitle(iso, value)}>
      {day !== undefined && <span class="day">{day} </span>}
      {time}
      {offset !== undefined && <span class="offset"> {offset}</span>}
    </time>
  );
}

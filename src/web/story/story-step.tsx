import { Component } from "preact";

import { describeEvent, type LogEvent } from "../event/event.ts";
import { instantOf, type Reading } from "../event/reading.ts";
import { titleText } from "../text/visible-text.ts";
import type { Clock } from "../time/clock.ts";
import { EventTime } from "../views/event-time.tsx";
import { TypeBadge } from "../views/type-badge.tsx";
import { Visible } from "../views/visible.tsx";
import { stepText } from "./duration.ts";

interface Props {
  readonly event: LogEvent;
  /** The one before it in the story. */
  readonly before: LogEvent | undefined;
  readonly reading: Reading;
  readonly clock: Clock;
  /** Whose story it is. */
  readonly target: string;
}

export class StoryStep extends Component<Props> {
  /** A step never changes, and a long story has nothing to do while one comes in. */
  override shouldComponentUpdate(next: Props): boolean {
    const { props } = this;
    return (
      next.event !== props.event ||
      next.before !== props.before ||
      next.reading !== props.reading ||
      next.clock !== props.clock ||
      next.target !== props.target
    );
  }

  override render({ event, before, reading, clock, target }: Props) {
    const { time, type, actor, target: whom, summary } = describeEvent(event, reading);
    const gap = before === undefined ? undefined : gapMs(before, event, reading);
    // Who else has to do with it: the story says already whose it is.
    const others = [actor, whom].filter(({ text }) => text !== "" && text !== target);
    return (
      <li class="story-step" data-story-event={String(event.id)}>
        <span class="story-when">
          <EventTime value={time} reading={reading} clock={clock} />
          {gap !== undefined && <span class="story-delta">{stepText(gap)}</span>}
        </span>
        <span class="story-what">
          {type !== undefined && <TypeBadge type={type} />}
          {others.map(({ text, title }, at) => (
            <span key={at} class="story-other" title={titleText(title)}>
              <Visible text={text} />
            </span>
          ))}
        </span>
        {summary.text !== "" && (
          <span class="story-summary">
            <Visible text={summary.text} />
          </span>
        )}
      </li>
    );
  }
}

function gapMs(before: LogEvent, event: LogEvent, reading: Reading): number | undefined {
  const column = reading.roles.time;
  if (column === undefined) return undefined;
  const [from, to] = [before, event].map(({ json }) => instantOf(json[column], reading));
  return from === undefined || to === undefined ? undefined : to - from;
}

import { type ReadonlySignal, useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";

import { describeEvent, type LogEvent } from "../event/event.ts";
import { instantOf, type Reading } from "../event/reading.ts";
import type { State } from "../state.ts";
import { EventTime } from "../views/event-time.tsx";
import { LeavingButton } from "../views/leaving-button.tsx";
import { AttemptBars } from "./attempt-bars.tsx";
import { attemptsOf, type Moment, retryCount } from "./attempts.ts";
import { durationText } from "./duration.ts";
import { MAX_EVENTS } from "./story-events.ts";
import { StoryStep } from "./story-step.tsx";
import type { Story, StoryView } from "./story.ts";

interface Props {
  readonly state: State;
  readonly story: Story;
  readonly target: string;
  readonly tick: ReadonlySignal<number>;
}

/** What happened to a target: in figures, as bars, and event by event. */
export function StoryBody({ state, story, target, tick }: Props) {
  const view = story.view.value;
  const failure = story.failure.value;
  return (
    <section class="story" aria-label="Story">
      {failure !== undefined && (
        <p class="story-failure" role="alert">
          The story can’t be read: {failure} The page tries again by itself.
        </p>
      )}
      {view === undefined ? (
        failure === undefined && <p class="story-empty">Loading …</p>
      ) : view.events.length === 0 && !view.hasOlder ? (
        <p class="story-empty">No event names it as actor or target so far.</p>
      ) : (
        <Told state={state} story={story} view={view} target={target} tick={tick} />
      )}
    </section>
  );
}

function Told({ state, story, view, target, tick }: Props & { readonly view: StoryView }) {
  const reading = state.reading.value;
  const clock = state.clock.value;
  const attempts = useComputed(() =>
    attemptsOf(momentsOf(story.view.value?.events ?? [], state.reading.value)),
  );
  return (
    <>
      <Facts state={state} view={view} retries={retryCount(attempts.value)} />
      {attempts.value.length > 0 && <AttemptBars attempts={attempts.value} clock={clock} tick={tick} />}
      {view.hasOlder && <Older story={story} view={view} />}
      <ol class="story-steps" aria-label="Events, oldest first">
        {view.events.map((event, at) => (
          <StoryStep
            key={String(event.id)}
            event={event}
            before={view.events[at - 1]}
            reading={reading}
            clock={clock}
            target={target}
          />
        ))}
      </ol>
    </>
  );
}

function Facts({
  state,
  view,
  retries,
}: {
  readonly state: State;
  readonly view: StoryView;
  readonly retries: number;
}) {
  const reading = state.reading.value;
  const { first, events, hasOlder } = view;
  const last = events.at(-1);
  const [from, to] = [first, last].map((event) => (event === undefined ? undefined : msOf(event, reading)));
  return (
    <dl class="story-facts">
      <Fact name="First seen">{first === undefined ? "earlier" : <Time event={first} state={state} />}</Fact>
      {last !== undefined && (
        <Fact name="Last seen">
          <Time event={last} state={state} />
        </Fact>
      )}
      {from !== undefined && to !== undefined && to >= from && (
        <Fact name="Between">{durationText(to - from)}</Fact>
      )}
      <Fact name="Events">
        <span class="story-count">
          {hasOlder ? "more than " : ""}
          {events.length.toLocaleString()}
        </span>
      </Fact>
      {retries > 0 && <Fact name="Retries">{retries.toLocaleString()}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div class="story-fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Time({ event, state }: { readonly event: LogEvent; readonly state: State }) {
  const reading = state.reading.value;
  return <EventTime value={describeEvent(event, reading).time} reading={reading} clock={state.clock.value} />;
}

function Older({ story, view }: { readonly story: Story; readonly view: StoryView }) {
  if (view.isFull)
    return (
      <p class="story-older">
        The newest {MAX_EVENTS.toLocaleString()} events. The search has the older ones.
      </p>
    );
  return (
    <p class="story-older">
      <LeavingButton
        heirs={["#story"]}
        // Not disabled: it would lose the focus.
        aria-disabled={story.isLoading.value}
        onClick={story.loadOlder}
      >
        {story.isLoading.value ? "Loading …" : "Older events"}
      </LeavingButton>
    </p>
  );
}

function momentsOf(events: readonly LogEvent[], reading: Reading): Moment[] {
  return events.flatMap((event) => {
    const ms = msOf(event, reading);
    return ms === undefined ? [] : [{ ms, tone: describeEvent(event, reading).type?.badge.tone }];
  });
}

function msOf({ json }: LogEvent, reading: Reading): number | undefined {
  const column = reading.roles.time;
  return column === undefined ? undefined : instantOf(json[column], reading);
}

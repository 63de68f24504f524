import type { ReadonlySignal } from "@preact/signals";

import type { Clock } from "../time/clock.ts";
import type { Attempt } from "./attempts.ts";
import { durationText, elapsedText } from "./duration.ts";

/** More bars would be a wall of them; the newest tell how it stands. */
const MAX_BARS = 20;

interface Props {
  readonly attempts: readonly Attempt[];
  readonly clock: Clock;
  readonly tick: ReadonlySignal<number>;
}

/** A bar per attempt on one axis of time. The last one grows while nothing has ended it. */
export function AttemptBars({ attempts, clock, tick }: Props) {
  const shown = attempts.slice(-MAX_BARS);
  const left = attempts.length - shown.length;
  const isOpen = shown.at(-1)?.endedAtMs === undefined;
  // Only an open end looks at the clock.
  const nowMs = isOpen ? tick.value : -Infinity;
  const fromMs = Math.min(...shown.map(beginOf));
  const toMs = Math.max(nowMs, ...shown.map((attempt) => attempt.endedAtMs ?? beginOf(attempt)));
  return (
    <figure class="attempts">
      {left > 0 && <p class="attempts-left">and {left.toLocaleString()} attempts before these</p>}
      <ol class="attempt-list" aria-label="Attempts" start={left + 1}>
        {shown.map((attempt, at) => (
          <li key={left + at} class="attempt">
            <span class="attempt-number">{left + at + 1}</span>
            <Bar attempt={attempt} fromMs={fromMs} toMs={toMs} />
            <span class="attempt-length">{lengthText(attempt, nowMs)}</span>
          </li>
        ))}
      </ol>
      <p class="attempt-axis" aria-hidden="true">
        <span>{clock.read(fromMs).clock}</span>
        <span>{isOpen ? "now" : clock.read(toMs).clock}</span>
      </p>
    </figure>
  );
}

function Bar({
  attempt,
  fromMs,
  toMs,
}: {
  readonly attempt: Attempt;
  readonly fromMs: number;
  readonly toMs: number;
}) {
  const { waitingFromMs, startedAtMs, endedAtMs, outcome } = attempt;
  const place = (from: number, to: number) => ({
    left: `${share(from - fromMs, toMs - fromMs)}%`,
    width: `${share(to - from, toMs - fromMs)}%`,
  });
  return (
    <span class="attempt-track" aria-hidden="true">
      {waitingFromMs !== undefined && startedAtMs !== undefined && (
        <span class="attempt-wait" style={place(waitingFromMs, startedAtMs)} />
      )}
      <span
        class={`attempt-bar ${outcome}`}
        data-outcome={outcome}
        style={place(startedAtMs ?? waitingFromMs ?? fromMs, endedAtMs ?? toMs)}
      />
    </span>
  );
}

function lengthText(attempt: Attempt, nowMs: number): string {
  const { waitingFromMs, startedAtMs, endedAtMs, outcome } = attempt;
  if (endedAtMs === undefined)
    return `${outcome} for ${elapsedText(nowMs - (startedAtMs ?? waitingFromMs ?? nowMs))}`;
  return `${outcome} after ${durationText(endedAtMs - (startedAtMs ?? endedAtMs))}`;
}

function beginOf({ waitingFromMs, startedAtMs, endedAtMs }: Attempt): number {
  return waitingFromMs ?? startedAtMs ?? endedAtMs ?? Infinity;
}

/** In percent. Everything at one instant fills the axis. */
function share(partMs: number, wholeMs: number): number {
  return wholeMs <= 0 ? (partMs <= 0 ? 0 : 100) : Math.min(100, Math.max(0, (partMs / wholeMs) * 100));
}

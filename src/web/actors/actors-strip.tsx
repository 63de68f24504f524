import { useState } from "preact/hooks";

import { namedText } from "../event/names.ts";
import type { State } from "../state.ts";
import { asksFor, toggleValue } from "../statistics/ask-value.ts";
import { spanWords } from "../statistics/span-words.ts";
import type { Statistics } from "../statistics/statistics.ts";
import { titleText } from "../text/visible-text.ts";
import { Visible } from "../views/visible.tsx";
import { type Actor, actorsOf, quietWords } from "./actors.ts";

interface Props {
  readonly state: State;
  readonly statistics: Statistics;
  /** Asks this question from now on. */
  readonly onAsk: (question: string) => void;
}

/** More names than these are not looked through. The rest is shown on request. */
const SHOWN_ACTORS = 12;

/** The server names so many: there may be more. */
const NAMED_ACTORS = 20;

/** Who is active, and who has been quiet for how long. Nothing where no column tells who did it. */
export function ActorsStrip({ state, statistics, onAsk }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const { roles } = state.reading.value;
  const counted = statistics.counted.value;
  const live = statistics.live.value;
  // The page looks at the clock for all of its parts at once: this draws the words of how long it is ago anew.
  void state.moment.value;
  const column = roles.actor ?? state.status.value?.columns.actor;
  if (column === undefined || !statistics.isPossible.value) return null;
  const actors = counted === undefined ? [] : actorsOf(counted.counts, live, counted.span);
  const shown = isOpen ? actors : actors.slice(0, SHOWN_ACTORS);
  const left = actors.length - SHOWN_ACTORS;
  const more = `+${left}${actors.length >= NAMED_ACTORS ? " or more" : ""}`;
  return (
    <section id="actors" class={isOpen ? "actors open" : "actors"} aria-label="Who is active">
      {counted !== undefined && actors.length === 0 && (
        <p class="actors-none">
          Nobody was active {spanWords(counted.span, statistics.window.value, state.clock.value)}.
        </p>
      )}
      {actors.length > 0 && (
        <ul>
          {shown.map((actor) => (
            <li key={actor.name}>
              <ActorButton
                actor={actor}
                label={namedText({ [column]: actor.name }, column, state.reading.value.labels).text}
                nowMs={statistics.nowMs()}
                isAsked={asksFor(state.question.value, "actor", actor.name)}
                onClick={() => onAsk(toggleValue(state.question.value, "actor", actor.name))}
              />
            </li>
          ))}
          {left > 0 && (
            <li>
              <button type="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
                {isOpen ? "Fewer" : more}
                {!isOpen && <span class="visually-hidden"> actors</span>}
              </button>
            </li>
          )}
        </ul>
      )}
    </section>
  );
}

interface ButtonProps {
  readonly actor: Actor;
  readonly label: string;
  readonly nowMs: number;
  readonly isAsked: boolean;
  readonly onClick: () => void;
}

function ActorButton({ actor: { count, lastMs }, label, nowMs, isAsked, onClick }: ButtonProps) {
  const quiet = quietWords(lastMs, nowMs);
  const title = titleText(`Show only ${label}. Last seen ${new Date(lastMs).toISOString()}`);
  return (
    <button type="button" class="actor" title={title} aria-pressed={isAsked} onClick={onClick}>
      <span class={quiet === "active" ? "actor-dot active" : "actor-dot"} />
      <span class="actor-name">
        <Visible text={label} />
      </span>
      <span class="number">{count.toLocaleString()}</span>
      <span class={quiet === "active" ? "visually-hidden" : "quiet"}>{quiet}</span>
    </button>
  );
}

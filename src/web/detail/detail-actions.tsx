import type { Actions } from "../actions.ts";
import { urlOf } from "../beside/address.ts";
import { rowAsLine } from "../copy.ts";
import type { LogEvent } from "../event/event.ts";
import { columnsOf } from "../event/names.ts";
import type { State } from "../state.ts";
import { shorten, textOf } from "../text/text.ts";
import { titleText } from "../text/visible-text.ts";
import { CopyButton } from "../views/copy-button.tsx";
import { CopyAs } from "./copy-as.tsx";
import { questionAbout } from "./terms.ts";

/** A name on a button; the rest of it is in the title. In characters. */
const MAX_NAME_LENGTH = 24;

interface Props {
  readonly event: LogEvent;
  /** Whether all of its values are there. */
  readonly isWhole: boolean;
  readonly state: State;
  readonly actions: Actions;
}

/** What can be done with the whole event. */
export function DetailActions({ event, isWhole, state, actions }: Props) {
  const { roles } = state.reading.value;
  const textIn = (column: string | undefined) => (column === undefined ? "" : textOf(event.json[column]));
  const [actor, target] = [textIn(roles.actor), textIn(roles.target)];
  const { openStory } = actions;
  return (
    <div class="detail-actions">
      {actor !== "" && (
        <button
          type="button"
          class="follow-actor"
          title={titleText(actor)}
          onClick={() => actions.ask(questionAbout("actor", actor))}
        >
          Follow this actor
        </button>
      )}
      {target !== "" && (
        <button
          type="button"
          class="follow-target"
          title={titleText(target)}
          onClick={() => actions.ask(questionAbout("target", target))}
        >
          Follow this target
        </button>
      )}
      {target !== "" && openStory !== undefined && (
        <button type="button" class="story" title={titleText(target)} onClick={() => openStory(target)}>
          Story of {titleText(shorten(target, MAX_NAME_LENGTH))}
        </button>
      )}
      <CopyButton label="Copy link" text={() => urlOf({ name: "event", id: event.id })} />
      <CopyButton
        label="Copy JSON"
        disabled={!isWhole}
        text={() => JSON.stringify(Object.fromEntries(columnsOf(event.json)))}
      />
      <CopyButton
        label="Copy row"
        disabled={!isWhole}
        text={() => rowAsLine(columnsOf(event.json).map(([, value]) => value))}
      />
      <CopyAs question={state.question} status={state.status} />
    </div>
  );
}

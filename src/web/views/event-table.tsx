import { useCallback } from "preact/hooks";

import type { Actions } from "../actions.ts";
import { openedId } from "../detail/opened.ts";
import type { LogEvent } from "../event.ts";
import type { State } from "../state.ts";
import { EventRow } from "./event-row.tsx";

interface Props {
  readonly state: State;
  readonly actions: Actions;
}

export function EventTable({ state, actions }: Props) {
  const { arriving, clock, events, opened } = state;
  const parts = state.parts.value;
  const reading = state.reading.value;
  const openId = openedId(opened.value);
  const open = useCallback(({ id }: LogEvent) => {
    if (openedId(opened.peek()) === id) actions.closeEvent();
    else actions.openEvent(id);
  }, []);
  return (
    <table class="events" role="table" aria-label="Events, newest first">
      <thead role="rowgroup">
        <tr role="row">
          {parts.includes("time") && <Heading name="time" text="Time" />}
          {parts.includes("type") && <Heading name="type" text="Type" />}
          {parts.includes("who") && <Heading name="who" text="Actor → target" />}
          <Heading name="what" text={reading.roles.summary === undefined ? "Values" : "Summary"} />
        </tr>
      </thead>
      <tbody role="rowgroup">
        {events.value?.map((event) => (
          <EventRow
            key={String(event.id)}
            event={event}
            reading={reading}
            clock={clock.value}
            parts={parts}
            isOpen={openId === event.id}
            isArriving={arriving.value.has(event.id)}
            onOpen={open}
          />
        ))}
      </tbody>
    </table>
  );
}

function Heading({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <th scope="col" role="columnheader" class={name}>
      {text}
    </th>
  );
}

import { useCallback } from "preact/hooks";

import { toggled } from "../disclosure.ts";
import type { State } from "../state.ts";
import { EventRow } from "./event-row.tsx";

export function EventTable({ state }: { readonly state: State }) {
  const { arriving, clock, events, open } = state;
  const parts = state.parts.value;
  const reading = state.reading.value;
  const toggle = useCallback((id: bigint) => {
    const shown = new Set(events.peek()?.map((event) => event.id));
    open.value = toggled(open.peek(), id, (each) => shown.has(each));
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
            isOpen={open.value.has(event.id)}
            isArriving={arriving.value.has(event.id)}
            onToggle={toggle}
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

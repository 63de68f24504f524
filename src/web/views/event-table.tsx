import type { State } from "../state.ts";
import { EventRow } from "./event-row.tsx";

export function EventTable({ state }: { readonly state: State }) {
  const roles = state.roles.value;
  const { arriving, today } = state;
  return (
    <table class="events" role="table" aria-label="Events, newest first">
      <thead role="rowgroup">
        <tr role="row">
          {roles.time !== undefined && <Heading name="time" text="Time" />}
          {roles.type !== undefined && <Heading name="type" text="Type" />}
          {(roles.actor ?? roles.target) !== undefined && <Heading name="who" text="Actor → target" />}
          <Heading name="what" text={roles.summary === undefined ? "Values" : "Summary"} />
        </tr>
      </thead>
      <tbody role="rowgroup">
        {state.events.value?.map((event) => (
          <EventRow
            key={String(event.id)}
            event={event}
            roles={roles}
            today={today.value}
            isArriving={arriving.value.has(event.id)}
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

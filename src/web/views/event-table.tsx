import type { State } from "../state.ts";
import { EventRow } from "./event-row.tsx";

export function EventTable({ state }: { readonly state: State }) {
  const { events, arriving, roles, today } = state;
  return (
    <table class="events" role="table" aria-label="Events, newest first">
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader" class="time">
            Time
          </th>
          <th scope="col" role="columnheader" class="type">
            Type
          </th>
          <th scope="col" role="columnheader" class="who">
            Actor → target
          </th>
          <th scope="col" role="columnheader" class="what">
            Summary
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {events.value?.map((event) => (
          <EventRow
            key={String(event.id)}
            event={event}
            roles={roles.value}
            today={today.value}
            isArriving={arriving.value.has(event.id)}
          />
        ))}
      </tbody>
    </table>
  );
}

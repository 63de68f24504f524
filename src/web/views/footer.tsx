import type { State } from "../state.ts";

export function Footer({ state }: { readonly state: State }) {
  const events = state.events.value ?? [];
  const version = state.status.value?.version;
  return (
    <footer class="foot">
      {events[0] !== undefined && (
        <>
          <p>
            <span class="number">{events.length}</span> {events.length === 1 ? "row" : "rows, newest first"}
          </p>
          <p>
            latest id <span class="number">{String(events[0].id)}</span>
          </p>
        </>
      )}
      {version !== undefined && <p class="version">Tailboard {version}</p>}
    </footer>
  );
}

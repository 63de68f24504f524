import { CopyAs } from "../detail/copy-as.tsx";
import { exportAddress, type ExportFormat } from "../export.ts";
import { viewText } from "../log/view-text.ts";
import type { State } from "../state.ts";

export function Footer({ state }: { readonly state: State }) {
  const version = state.status.value?.version;
  return (
    <footer class="foot">
      <Shown state={state} />
      <ExportLinks question={state.question.value} />
      <CopyAs question={state.question} status={state.status} />
      {version !== undefined && <p class="version">Tailboard {version}</p>}
    </footer>
  );
}

/** Which rows are shown. It changes with each row that comes, and the rest does not. */
function Shown({ state }: { readonly state: State }) {
  const events = state.events.value ?? [];
  const latestId = state.newest.value?.[0]?.id;
  const view = state.log.view.value;
  if (events[0] === undefined || state.isStale.value) return null;
  return (
    <>
      <p>
        <span class="number">{events.length}</span> {events.length === 1 ? "row" : "rows, newest first"}
      </p>
      {latestId !== undefined && (
        <p>
          latest id <span class="number">{String(latestId)}</span>
        </p>
      )}
      {view.name === "held" && view.why !== "pointer" && <p>{viewText(view, state.clock.value)}</p>}
    </>
  );
}

/** Everything that the question matches, not only what is shown. */
function ExportLinks({ question }: { readonly question: string }) {
  const address = (format: ExportFormat): string => exportAddress(format, question);
  return (
    <p id="export">
      Export{question === "" ? " all" : " the matches"}: <a href={address("ndjson")}>NDJSON</a>{" "}
      <a href={address("csv")}>CSV</a>
    </p>
  );
}

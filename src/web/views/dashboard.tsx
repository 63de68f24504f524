import type { State } from "../state.ts";
import { Announcer } from "./announcer.tsx";
import { Boundary } from "./boundary.tsx";
import { EmptyTable, WaitingTable } from "./empty-table.tsx";
import { EventTable } from "./event-table.tsx";
import { Footer } from "./footer.tsx";
import { Header } from "./header.tsx";
import { NoticeBar, ProblemBanner } from "./messages.tsx";

interface Props {
  readonly state: State;
  readonly onRetry: () => void;
}

export function Dashboard({ state, onRetry }: Props) {
  return (
    <>
      <Boundary what="The header" data={state.status.value}>
        <Header state={state} onRetry={onRetry} />
      </Boundary>
      <main>
        <ProblemBanner problem={state.problem.value} />
        <Boundary what="The events" data={state.events.value}>
          {content(state)}
        </Boundary>
      </main>
      <Footer state={state} />
      <NoticeBar notice={state.notice} />
      <Announcer received={state.received} />
    </>
  );
}

function content(state: State) {
  const events = state.events.value;
  if (events === undefined) return state.problem.value === undefined ? null : <WaitingTable />;
  return events.length === 0 ? <EmptyTable status={state.status.value} /> : <EventTable state={state} />;
}

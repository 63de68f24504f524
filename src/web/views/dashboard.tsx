import type { State } from "../state.ts";
import { Announcer } from "./announcer.tsx";
import { EmptyTable } from "./empty-table.tsx";
import { EventTable } from "./event-table.tsx";
import { Footer } from "./footer.tsx";
import { Header } from "./header.tsx";
import { NoticeBar, ProblemBanner } from "./messages.tsx";

export interface DashboardProps {
  readonly state: State;
  readonly onRetry: () => void;
}

export function Dashboard({ state, onRetry }: DashboardProps) {
  const isEmpty = state.events.value?.length === 0;
  return (
    <>
      <Header state={state} onRetry={onRetry} />
      <main>
        <ProblemBanner problem={state.problem.value} />
        <NoticeBar notice={state.notice} />
        {isEmpty ? <EmptyTable status={state.status.value} /> : <EventTable state={state} />}
      </main>
      <Footer state={state} />
      <Announcer received={state.received} />
    </>
  );
}

import type { Actions } from "../actions.ts";
import { ActorsStrip } from "../actors/actors-strip.tsx";
import { Chart } from "../chart/chart.tsx";
import type { State } from "../state.ts";
import type { Statistics } from "../statistics/statistics.ts";
import { knowledgeOf } from "../suggest/knowledge.ts";
import { Announcer } from "./announcer.tsx";
import { Boundary } from "./boundary.tsx";
import { EmptyTable, NoMatch, WaitingTable } from "./empty-table.tsx";
import { EventTable } from "./event-table.tsx";
import { Footer } from "./footer.tsx";
import { Header } from "./header.tsx";
import { NoticeBar, ProblemBanner } from "./messages.tsx";
import { SearchBar } from "./search-bar.tsx";
import { SearchProgress } from "./search-progress.tsx";

interface Props {
  readonly state: State;
  readonly actions: Actions;
  readonly statistics: Statistics;
}

export function Dashboard({ state, actions, statistics }: Props) {
  const knowledge = () =>
    knowledgeOf(
      state.events.peek() ?? [],
      state.reading.peek(),
      statistics.counted.peek()?.counts.frequent ?? {},
    );
  return (
    <>
      <Boundary what="The header" data={state.status.value}>
        <Header state={state} onRetry={actions.retry} />
      </Boundary>
      <SearchBar state={state} knowledge={knowledge} onAsk={actions.ask} />
      <main>
        <ProblemBanner problem={state.problem.value} />
        <Boundary what="The chart" data={statistics.counted.value}>
          <Chart state={state} statistics={statistics} onAsk={actions.ask} />
        </Boundary>
        <Boundary what="The list of actors" data={statistics.counted.value}>
          <ActorsStrip state={state} statistics={statistics} onAsk={actions.ask} />
        </Boundary>
        <Boundary what="The events" data={state.events.value}>
          {content(state, actions)}
        </Boundary>
        <SearchProgress state={state} onSearchOn={actions.searchOn} onStop={actions.stopSearch} />
      </main>
      <Footer state={state} />
      <NoticeBar notice={state.notice} />
      <Announcer received={state.received} />
    </>
  );
}

function content(state: State, actions: Actions) {
  const events = state.events.value;
  if (events === undefined) return state.problem.value === undefined ? null : <WaitingTable />;
  if (events.length > 0) return <EventTable state={state} />;
  if (state.question.value === "") return <EmptyTable status={state.status.value} />;
  return state.search.value?.isRunning === true ? null : <NoMatch onClear={() => actions.ask("")} />;
}

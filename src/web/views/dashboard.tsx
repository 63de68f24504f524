import type { ReadonlySignal } from "@preact/signals";

import type { Actions } from "../actions.ts";
import { PanelContext } from "../panels/panel-context.ts";
import { PanelsSection } from "../panels/panels-section.tsx";
import type { Panels } from "../panels/panels.ts";
import { RowPane } from "../panels/row-pane.tsx";
import type { State } from "../state.ts";
import { StoryPane } from "../story/story-pane.tsx";
import type { Story } from "../story/story.ts";
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
  readonly panels: Panels;
  readonly story: Story;
  /** Now, for texts that go on by themselves. */
  readonly tick: ReadonlySignal<number>;
}

export function Dashboard({ state, actions, panels, story, tick }: Props) {
  return (
    <PanelContext.Provider value={{ rowOf: panels.rowOf, openStory: actions.openStory }}>
      <Boundary what="The header" data={state.status.value}>
        <Header state={state} onRetry={actions.retry} />
      </Boundary>
      <SearchBar state={state} onAsk={actions.ask} />
      <main>
        <ProblemBanner problem={state.problem.value} />
        <Boundary what="The tables" data={panels.shown.value}>
          <PanelsSection
            state={state}
            panels={panels}
            tick={tick}
            onOpenRow={actions.openStory}
            opened={story.opened.value}
          />
        </Boundary>
        <Boundary what="The events" data={state.events.value}>
          {content(state, actions)}
        </Boundary>
        <SearchProgress state={state} onSearchOn={actions.searchOn} onStop={actions.stopSearch} />
      </main>
      <Boundary what="The story" data={story.view.value}>
        <BesidePane state={state} panels={panels} story={story} tick={tick} />
      </Boundary>
      <Footer state={state} />
      <NoticeBar notice={state.notice} />
      <Announcer received={state.received} />
    </PanelContext.Provider>
  );
}

function content(state: State, actions: Actions) {
  const events = state.events.value;
  if (events === undefined) return state.problem.value === undefined ? null : <WaitingTable />;
  if (events.length > 0) return <EventTable state={state} />;
  if (state.question.value === "") return <EmptyTable status={state.status.value} />;
  return state.search.value?.isRunning === true ? null : <NoMatch onClear={() => actions.ask("")} />;
}

/** A row of a panel with its story, or the story of a target that is none. */
function BesidePane({ state, panels, story, tick }: Omit<Props, "actions">) {
  const opened = story.opened.value;
  const table = panels.tables.value.find(({ name }) => name === opened?.table);
  if (opened === undefined || table === undefined)
    return <StoryPane state={state} story={story} tick={tick} />;
  const { target } = opened;
  return <RowPane state={state} panels={panels} table={table} target={target} story={story} tick={tick} />;
}

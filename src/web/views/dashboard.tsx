import { useComputed } from "@preact/signals";

import type { Actions } from "../actions.ts";
import { ActorsStrip } from "../actors/actors-strip.tsx";
import { Chart } from "../chart/chart.tsx";
import { Help } from "../commands/help.tsx";
import { Palette } from "../commands/palette.tsx";
import { DetailPane } from "../detail/detail-pane.tsx";
import { openedId } from "../detail/opened.ts";
import { LogView } from "../log/log-view.tsx";
import { PanelContext } from "../panels/panel-context.ts";
import { PanelsSection } from "../panels/panels-section.tsx";
import { RowPane } from "../panels/row-pane.tsx";
import { ViewsMenu } from "../saved-views/views-menu.tsx";
import { SettingsMenu } from "../settings/settings-menu.tsx";
import type { State } from "../state.ts";
import { hasEnded } from "../statistics/bounds.ts";
import { StoryPane } from "../story/story-pane.tsx";
import { knowledgeOf } from "../suggest/knowledge.ts";
import { TellMeAdvice, TellMeSwitch } from "../tell-me/tell-me-switch.tsx";
import type { Tools } from "../tools.ts";
import { Announcer } from "./announcer.tsx";
import { Boundary } from "./boundary.tsx";
import { EmptyTable, NoMatch, WaitingTable } from "./empty-table.tsx";
import { Footer } from "./footer.tsx";
import { Header } from "./header.tsx";
import { NoticeBar, ProblemBanner } from "./messages.tsx";
import { SearchBar } from "./search-bar.tsx";
import { SearchProgress } from "./search-progress.tsx";

interface Props {
  readonly state: State;
  readonly actions: Actions;
  readonly tools: Tools;
}

export function Dashboard({ state, actions, tools }: Props) {
  const { panels, statistics, story } = tools;
  const knowledge = () =>
    knowledgeOf(
      state.events.peek() ?? [],
      state.reading.peek(),
      statistics.counted.peek()?.counts.frequent ?? {},
    );
  return (
    <PanelContext.Provider value={{ rowOf: panels.rowOf, openStory: actions.openStory }}>
      <Boundary what="The header" data={state.status}>
        <Header state={state} onRetry={actions.retry}>
          <SettingsMenu state={state} theme={tools.theme} overlay={tools.overlay} />
        </Header>
      </Boundary>
      <SearchBar state={state} knowledge={knowledge} onAsk={actions.ask} onAmend={actions.amend}>
        <SearchTools state={state} actions={actions} tools={tools} />
      </SearchBar>
      <TellMeAdvice tellMe={tools.tellMe} />
      <main>
        <ProblemBanner problem={state.problem} />
        <Boundary what="The tables" data={panels.shown}>
          <PanelsSection
            state={state}
            panels={panels}
            tick={state.now}
            onOpenRow={actions.openStory}
            opened={story.opened}
          />
        </Boundary>
        <Boundary what="The chart" data={statistics.counted}>
          <Chart state={state} statistics={statistics} onAsk={actions.amend} />
        </Boundary>
        <Boundary what="The list of actors" data={statistics.counted}>
          <ActorsStrip state={state} statistics={statistics} onAsk={actions.amend} />
        </Boundary>
        <div class="log-and-detail">
          <div class="log">
            <Boundary what="The events" data={state.events}>
              <Content state={state} actions={actions} tools={tools} />
            </Boundary>
          </div>
          <Boundary what="The event" data={state.opened}>
            <DetailPane state={state} actions={actions} />
          </Boundary>
        </div>
        <SearchProgress state={state} onSearchOn={actions.searchOn} onStop={actions.stopSearch} />
      </main>
      <Boundary what="The story" data={story.view}>
        <BesidePane state={state} tools={tools} />
      </Boundary>
      <Footer state={state} />
      <NoticeBar notice={state.notice} />
      <Announcer received={state.received} />
      <Help commands={tools.commands} overlay={tools.overlay} />
      <Palette commands={tools.commands} overlay={tools.overlay} />
    </PanelContext.Provider>
  );
}

/** What can be done with a question, beside asking it. */
function SearchTools({ state, actions, tools }: Props) {
  return (
    <div class="search-tools">
      <ViewsMenu views={tools.views} question={state.question.value} onAsk={actions.ask} />
      <TellMeSwitch tellMe={tools.tellMe} />
    </div>
  );
}

function Content({ state, actions, tools: { log } }: Props) {
  // Drawn again when this changes, and not for each row: the table sees to its rows itself.
  const has = useComputed(() => {
    const count = state.events.value?.length;
    if (count === undefined || (count === 0 && state.isStale.value)) return "nothing-yet";
    return count === 0 ? "no-row" : "rows";
  }).value;
  if (has === "nothing-yet") return state.problem.value === undefined ? null : <WaitingTable />;
  if (has === "rows" || state.log.view.value.name === "held") {
    const openId = openedId(state.opened.value);
    return (
      <LogView
        state={state}
        log={log}
        openId={openId}
        onOpen={({ id }) => (openId === id ? actions.closeEvent() : actions.openEvent(id))}
        onAsk={actions.amend}
      />
    );
  }
  if (state.question.value === "") return <EmptyTable status={state.status.value} />;
  const search = state.search.value;
  if (search?.isRunning === true) return null;
  const isOver = hasEnded(state.question.value, state.reading.value.timeZone, Date.now());
  return <NoMatch isStopped={search !== undefined} isOver={isOver} onClear={() => actions.ask("")} />;
}

/** A row of a panel with its story, or the story of a target that is none. */
function BesidePane({ state, tools: { panels, story } }: Pick<Props, "state" | "tools">) {
  const opened = story.opened.value;
  const tick = state.now;
  const table = panels.tables.value.find(({ name }) => name === opened?.table);
  if (opened === undefined || table === undefined)
    return <StoryPane state={state} story={story} tick={tick} />;
  const { target } = opened;
  return <RowPane state={state} panels={panels} table={table} target={target} story={story} tick={tick} />;
}

/** The page: its state, its feed, its views. */
import { computed, signal } from "@preact/signals";
import { render } from "preact";

import type { Actions } from "./actions.ts";
import { fetchEvent, fetchEvents } from "./api.ts";
import { questionInUrl } from "./asked.ts";
import { NOTHING } from "./beside/address.ts";
import { createBeside } from "./beside/beside.ts";
import { chartCommands } from "./chart/chart-commands.ts";
import type { Command } from "./commands/command.ts";
import { listenToKeys } from "./commands/keyboard.ts";
import { type Overlay, overlayCommands } from "./commands/overlay.ts";
import { searchCommands } from "./commands/search-commands.ts";
import { copyCommands } from "./detail/copy-commands.ts";
import { createOpener } from "./detail/opener.ts";
import { draftAfter } from "./draft.ts";
import { createFeed, type Feed } from "./feed/feed.ts";
import { followOpened } from "./log/follow-opened.ts";
import { logCommands } from "./log/log-commands.ts";
import { followLooks } from "./log/look.ts";
import { neighbourOf } from "./log/neighbour.ts";
import { panelCommands } from "./panels/panel-commands.ts";
import { createPanels } from "./panels/panels.ts";
import { releaseDrawn } from "./release-drawn.ts";
import { createSavedViews } from "./saved-views/saved-views.ts";
import { viewCommands } from "./saved-views/view-commands.ts";
import { followSearchedTime } from "./searched-time.ts";
import { settingsCommands } from "./settings/settings-commands.ts";
import { rememberedTheme } from "./settings/theme.ts";
import { createState } from "./state.ts";
import { Statistics } from "./statistics/statistics.ts";
import { createStory } from "./story/story.ts";
import { tellMeCommands } from "./tell-me/tell-me-commands.ts";
import { createTellMe } from "./tell-me/tell-me.ts";
import { keepTitle } from "./title.ts";
import type { Tools } from "./tools.ts";
import { countUnseen } from "./unseen.ts";
import { Dashboard } from "./views/dashboard.tsx";

declare global {
  interface Window {
    /** For people's own scripts, and for the browser's console. */
    tailboard: Feed;
  }
}

releaseDrawn();
// Before anything is drawn, so that nothing is seen in the other theme.
const theme = rememberedTheme();
const state = createState(questionInUrl());
const panels = createPanels(state, () => void startEventSource());
const feed = createFeed(state, panels.untilListed);
const beside = createBeside();
const opener = createOpener({ beside, opened: state.opened, events: state.events, fetchEvent });
const statistics = new Statistics(state);
const story = createStory(state, beside);

export const { startEventSource, prependEvent, refresh, updateConnectionStatus } = feed;

window.tailboard = feed;

const root = document.querySelector("#app");
if (root === null) throw new Error("no #app in the page to draw into");
const actions: Actions = {
  retry: () => void startEventSource(),
  ask: (question) => void feed.ask(question),
  askInstead: (question) => void askInstead(question),
  amend: (question) => void amend(question),
  searchOn: () => {
    if (state.log.view.peek().name === "live") feed.searchOn();
    else feed.log.searchOn();
  },
  stopSearch: feed.stopSearch,
  openEvent: (id) => opener.openEvent(id),
  stepToEvent: (id) => opener.openEvent(id, "in-place"),
  closeEvent: () => beside.close("event"),
  neighbour: (id, direction) => neighbourOf(state, feed.log, id, direction),
  openStory: story.open,
  closeStory: story.close,
};

/** What is half written in the search box stays. */
function amend(question: string): Promise<void> {
  return feed.ask(question, draftAfter(state.searchText.peek(), state.question.peek(), question));
}

/** One step of the browser's history: Back undoes both. */
async function askInstead(question: string): Promise<void> {
  const before = state.question.peek();
  await amend(question);
  beside.show(NOTHING, state.question.peek() === before ? "step" : "in-place");
}

const views = createSavedViews();
const tellMe = createTellMe(state, actions.openEvent);
countUnseen(state);
keepTitle({ unseen: state.unseen, matches: tellMe.matches, problem: state.problem });
const overlay = signal<Overlay | undefined>(undefined);
// A feature adds its commands here. Where two have the same key, the first one that is possible has it.
const commands = computed((): readonly Command[] => [
  ...logCommands(state, feed.log, actions, () => beside.now.peek().name === "story"),
  ...searchCommands(state, actions),
  ...viewCommands(views.list.value, actions),
  ...tellMeCommands(tellMe),
  ...copyCommands(state),
  ...chartCommands(),
  ...panelCommands(panels),
  ...settingsCommands(theme, state.timeMode),
  ...overlayCommands(overlay),
]);
const tools: Tools = { log: feed.log, statistics, panels, story, views, tellMe, theme, overlay, commands };
listenToKeys(() => commands.peek());
// Before the page is drawn: a link to an event takes the focus nowhere.
opener.start();
render(<Dashboard state={state} actions={actions} tools={tools} />, root);
followLooks(state);
followSearchedTime(state, fetchEvents);
followOpened(state, feed.log);
feed.open();
statistics.open();

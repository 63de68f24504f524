/** The page: its state, its feed, its views. */
import { render } from "preact";

import type { Actions } from "./actions.ts";
import { questionInUrl } from "./asked.ts";
import { createFeed, type Feed } from "./feed.ts";
import { createPanels } from "./panels/panels.ts";
import { createState } from "./state.ts";
import { createStory } from "./story/story.ts";
import { createTick } from "./tick.ts";
import { Dashboard } from "./views/dashboard.tsx";

declare global {
  interface Window {
    /** For people's own scripts, and for the browser's console. */
    tailboard: Feed;
  }
}

const state = createState(questionInUrl());
const panels = createPanels(state, () => void startEventSource());
const feed = createFeed(state, panels.untilListed);
const story = createStory(state);
const tick = createTick();

export const { startEventSource, prependEvent, refresh, updateConnectionStatus } = feed;

window.tailboard = feed;

const root = document.querySelector("#app");
if (root === null) throw new Error("no #app in the page to draw into");
const actions: Actions = {
  retry: () => void startEventSource(),
  ask: (question) => void feed.ask(question),
  searchOn: feed.searchOn,
  stopSearch: feed.stopSearch,
  openStory: story.open,
  closeStory: story.close,
};
render(<Dashboard state={state} actions={actions} panels={panels} story={story} tick={tick} />, root);
feed.open();

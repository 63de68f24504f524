/** The page: its state, its feed, its views. */
import { render } from "preact";

import type { Actions } from "./actions.ts";
import { fetchEvent } from "./api.ts";
import { questionInUrl } from "./asked.ts";
import { neighbourIn } from "./detail/neighbour.ts";
import { createOpener } from "./detail/opener.ts";
import { createFeed, type Feed } from "./feed.ts";
import { followOpened } from "./log/follow-opened.ts";
import { followLooks } from "./log/look.ts";
import { createState } from "./state.ts";
import { Dashboard } from "./views/dashboard.tsx";

declare global {
  interface Window {
    /** For people's own scripts, and for the browser's console. */
    tailboard: Feed;
  }
}

const state = createState(questionInUrl());
const feed = createFeed(state);
const opener = createOpener({ opened: state.opened, events: state.events, fetchEvent });

export const { startEventSource, prependEvent, refresh, updateConnectionStatus } = feed;

window.tailboard = feed;

const root = document.querySelector("#app");
if (root === null) throw new Error("no #app in the page to draw into");
const actions: Actions = {
  retry: () => void startEventSource(),
  ask: (question) => void feed.ask(question),
  searchOn: feed.searchOn,
  stopSearch: feed.stopSearch,
  openEvent: opener.openEvent,
  closeEvent: opener.closeEvent,
  neighbour: (id, direction) => neighbourIn(state.events.peek() ?? [], id, direction),
};
// Before the page is drawn: a link to an event takes the focus nowhere.
opener.start();
render(<Dashboard state={state} actions={actions} log={feed.log} />, root);
followLooks(state);
followOpened(state, feed.log);
feed.open();

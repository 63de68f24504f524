/** The page: its state, its feed, its views. */
import { computed, signal } from "@preact/signals";
import { render } from "preact";

import type { Actions } from "./actions.ts";
import { questionInUrl } from "./asked.ts";
import type { Command } from "./commands/command.ts";
import { listenToKeys } from "./commands/keyboard.ts";
import { type Overlay, overlayCommands } from "./commands/overlay.ts";
import { searchCommands } from "./commands/search-commands.ts";
import { createFeed, type Feed } from "./feed.ts";
import { createSavedViews } from "./saved-views/saved-views.ts";
import { viewCommands } from "./saved-views/view-commands.ts";
import { settingsCommands } from "./settings/settings-commands.ts";
import { rememberedTheme } from "./settings/theme.ts";
import { createState } from "./state.ts";
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

// Before anything is drawn, so that nothing is seen in the other theme.
const theme = rememberedTheme();
const state = createState(questionInUrl());
const feed = createFeed(state);

export const { startEventSource, prependEvent, refresh, updateConnectionStatus } = feed;

window.tailboard = feed;

const root = document.querySelector("#app");
if (root === null) throw new Error("no #app in the page to draw into");
const actions: Actions = {
  retry: () => void startEventSource(),
  ask: (question) => void feed.ask(question),
  searchOn: feed.searchOn,
  stopSearch: feed.stopSearch,
};
const views = createSavedViews();
const tellMe = createTellMe(state, (id) => {
  state.open.value = new Set([id]);
});
countUnseen(state);
keepTitle({ unseen: state.unseen, matches: tellMe.matches, problem: state.problem });
const overlay = signal<Overlay | undefined>(undefined);
// A feature adds its commands here. Where two have the same key, the first one that is possible has it.
const commands = computed((): readonly Command[] => [
  ...searchCommands(state, actions),
  ...viewCommands(views.list.value, actions),
  ...settingsCommands(theme, state.timeMode),
  ...overlayCommands(overlay),
]);
const tools: Tools = { views, tellMe, theme, overlay, commands };
listenToKeys(() => commands.peek());
render(<Dashboard state={state} actions={actions} tools={tools} />, root);
feed.open();

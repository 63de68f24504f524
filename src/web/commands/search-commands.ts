/** What can be done with the question of the page. */
import type { Actions } from "../actions.ts";
import { copyAndTell } from "../copy-told.ts";
import { exportAddress, type ExportFormat } from "../export.ts";
import type { State } from "../state.ts";
import type { Command } from "./command.ts";

export function searchCommands(state: State, { ask, searchOn, stopSearch }: Actions): Command[] {
  return [
    {
      title: "Go to the search box",
      group: "Search",
      keys: ["/"],
      run: () => document.querySelector<HTMLInputElement>("#search")?.focus(),
    },
    {
      title: "Clear the search",
      group: "Search",
      keys: [],
      run: () => ask(""),
      isEnabled: () => state.question.peek() !== "",
    },
    {
      title: "Stop the search",
      group: "Search",
      keys: [],
      run: stopSearch,
      isEnabled: () => state.search.peek()?.isRunning === true,
    },
    {
      title: "Search on",
      group: "Search",
      keys: [],
      run: searchOn,
      isEnabled: () => state.search.peek()?.isRunning === false,
    },
    { title: "Copy a link to this view", group: "Page", keys: [], run: () => void copyLink(state.notice) },
    exportCommand(state, "ndjson", "Export as NDJSON"),
    exportCommand(state, "csv", "Export as CSV"),
  ];
}

function exportCommand(state: State, format: ExportFormat, title: string): Command {
  return {
    title,
    group: "Page",
    keys: [],
    // The answer is a file, so the page stays.
    run: () => location.assign(exportAddress(format, state.question.peek())),
  };
}

function copyLink(notice: State["notice"]): Promise<void> {
  return copyAndTell(notice, location.href, {
    done: "The link to this view is copied.",
    refused: "The browser refused to copy. The link is in its address bar.",
  });
}

/** What can be done with the question of the page. */
import type { Actions } from "../actions.ts";
import { copyText } from "../copy.ts";
import { exportAddress, type ExportFormat } from "../export.ts";
import type { State } from "../state.ts";
import type { Command } from "./command.ts";

export function searchCommands(state: State, { ask }: Actions): Command[] {
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
    { title: "Copy a link to this view", group: "Page", keys: [], run: () => void copyLink(state) },
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

async function copyLink({ notice }: State): Promise<void> {
  notice.value = (await copyText(location.href))
    ? { kind: "receipt", text: "The link to this view is copied." }
    : { kind: "warning", text: "The browser refused to copy. The link is in its address bar." };
}

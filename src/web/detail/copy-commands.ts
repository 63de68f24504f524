/** The question as a command or a script for elsewhere, for the palette. */
import { messageOf } from "../../message-of.ts";
import { fetchSql } from "../api.ts";
import type { Command } from "../commands/command.ts";
import { copyAndTell } from "../copy-told.ts";
import type { State } from "../state.ts";
import { curlList, curlStream, eventSourceScript, placeOf, type ServerPlace } from "./commands-of.ts";

export function copyCommands(state: State): Command[] {
  const { question, status, notice } = state;
  const copy = (name: string, text: string): Promise<void> =>
    copyAndTell(notice, text, {
      done: `The question is copied as ${name}.`,
      refused: "The browser refused to copy. “Copy as …” beside an open event may be allowed to.",
    });
  const command = (name: string, run: () => Promise<void>): Command => ({
    title: `Copy the question as ${name}`,
    group: "Search",
    keys: [],
    run: () => void run(),
  });
  const written = (name: string, write: (place: ServerPlace, asked: string) => string): Command =>
    command(name, () => copy(name, write(placeOf(status.peek()), question.peek())));

  /** Only the server can write a question as SQL. */
  async function copySql(): Promise<void> {
    try {
      await copy("sqlite3", (await fetchSql(question.peek())).command);
    } catch (error) {
      const text = `The question can’t be copied as sqlite3: ${messageOf(error)}`;
      notice.value = { kind: "warning", text };
    }
  }

  return [
    written("curl", curlList),
    written("curl, live", curlStream),
    written("EventSource", eventSourceScript),
    command("sqlite3", copySql),
  ];
}

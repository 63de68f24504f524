import { useEffect, useId, useState } from "preact/hooks";

import { fetchSql, type SqlAnswer } from "../api.ts";
import type { State } from "../state.ts";
import { CopyButton } from "../views/copy-button.tsx";
import { curlList, curlStream, eventSourceScript, placeOf, type ServerPlace } from "./commands-of.ts";

/** What is asked, as a command for elsewhere. */
export function CopyAs({ question, status }: Pick<State, "question" | "status">) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const place = (): ServerPlace => placeOf(status.peek());
  const what = question.value === "" ? "of all events" : "of the search";
  return (
    <div class={isOpen ? "copy-as unfolded" : "copy-as"}>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        Copy as …
      </button>
      {isOpen && (
        <div class="copy-as-list" id={id} role="group" aria-label={`Copy as a command ${what}`}>
          <CopyButton label="curl" text={() => curlList(place(), question.peek())} />
          <CopyButton label="curl, live" text={() => curlStream(place(), question.peek())} />
          <CopySql question={question.value} />
          <CopyButton label="EventSource" text={() => eventSourceScript(place(), question.peek())} />
        </div>
      )}
    </div>
  );
}

/** Only the server can write a question as SQL. It is asked before, because a browser copies only in answer to a click. */
function CopySql({ question }: { readonly question: string }) {
  const [answer, setAnswer] = useState<SqlAnswer | Error | undefined>(undefined);
  useEffect(() => {
    let isWanted = true;
    setAnswer(undefined);
    const load = async () => {
      const next = await fetchSql(question).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      );
      if (isWanted) setAnswer(next);
    };
    void load();
    return () => {
      isWanted = false;
    };
  }, [question]);
  const isThere = answer !== undefined && !(answer instanceof Error);
  const notes = answer instanceof Error ? [answer.message] : (answer?.notes ?? []);
  return (
    <>
      <CopyButton label="sqlite3" disabled={!isThere} text={() => (isThere ? answer.command : "")} />
      {notes.map((note) => (
        <p key={note} class="note">
          {isThere ? "sqlite3" : "No sqlite3"}: {note}
        </p>
      ))}
    </>
  );
}

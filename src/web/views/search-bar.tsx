import type { ComponentChildren } from "preact";

import { chipsOf, type Mistake } from "../asked.ts";
import type { State } from "../state.ts";

interface Props {
  readonly state: State;
  /** Asks this question from now on. */
  readonly onAsk: (text: string) => void;
  /** What else can be done with a question. */
  readonly children?: ComponentChildren;
}

const EXAMPLE = 'Search, for example: "out of memory" type:task_failed since:2h';

export function SearchBar({ state, onAsk, children }: Props) {
  const asked = state.question.value;
  const mistake = state.mistake.value;
  const text = state.searchText.value;
  return (
    <search class="search">
      <div class="search-line">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            onAsk(text.trim());
          }}
        >
          <input
            id="search"
            type="search"
            aria-label="Search the events"
            aria-describedby="search-help"
            aria-invalid={mistake !== undefined}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            placeholder={EXAMPLE}
            value={text}
            onInput={({ currentTarget }) => {
              state.searchText.value = currentTarget.value;
              state.mistake.value = undefined;
              // The cross of the browser empties the box.
              if (currentTarget.value === "" && asked !== "") onAsk("");
            }}
          />
          <button type="submit">Search</button>
        </form>
        {children}
      </div>
      <p id="search-help" class="mistake" role="status">
        {mistake !== undefined && <MistakeText mistake={mistake} text={text} />}
      </p>
      {asked !== "" && <Chips question={asked} onAsk={onAsk} />}
    </search>
  );
}

function MistakeText({
  mistake: { text: words, at },
  text,
}: {
  readonly mistake: Mistake;
  readonly text: string;
}) {
  return (
    <>
      {at !== undefined && at < text.length && (
        <>
          At <code>{text.slice(at, at + 20)}</code>:{" "}
        </>
      )}
      {words}
    </>
  );
}

function Chips({ question, onAsk }: { readonly question: string; readonly onAsk: (text: string) => void }) {
  return (
    <ul class="chips" aria-label="Terms of the search">
      {chipsOf(question).map(({ text, without }) => (
        <li key={text} class="chip">
          <code>{text}</code>
          <button type="button" aria-label={`Take ${text} away`} onClick={() => onAsk(without)}>
            ×
          </button>
        </li>
      ))}
      <li>
        <button type="button" class="clear" onClick={() => onAsk("")}>
          Clear
        </button>
      </li>
    </ul>
  );
}

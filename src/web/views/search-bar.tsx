import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

import { asLine, chipsOf, type Mistake } from "../asked.ts";
import type { State } from "../state.ts";
import { SearchBox } from "../suggest/search-box.tsx";
import type { Knowledge } from "../suggest/suggestions.ts";
import { LeavingButton } from "./leaving-button.tsx";

interface Props {
  readonly state: State;
  /** What the page knows of the fields and their values. */
  readonly knowledge: () => Knowledge;
  /** Asks this question from now on. */
  readonly onAsk: (text: string) => void;
  /** The same for a question that was made of the one that is asked: what is half written stays. */
  readonly onAmend: (text: string) => void;
  /** What else can be done with a question. */
  readonly children?: ComponentChildren;
}

export function SearchBar({ state, knowledge, onAsk, onAmend, children }: Props) {
  const asked = state.question.value;
  const mistake = state.mistake.value;
  const text = asLine(state.searchText.value);
  const input = useRef<HTMLInputElement>(null);
  return (
    <search class="search">
      <div class="search-line">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            onAsk(text.trim());
          }}
        >
          <SearchBox
            input={input}
            text={text}
            isInvalid={mistake !== undefined}
            knowledge={knowledge}
            onText={(written) => {
              state.searchText.value = written;
              state.mistake.value = undefined;
              // Who empties the box asks for everything.
              if (written === "" && asked !== "") onAsk("");
            }}
          />
          <button type="submit">Search</button>
        </form>
        {children}
      </div>
      <p id="search-help" class="mistake" role="status">
        {mistake !== undefined && <MistakeText mistake={mistake} text={text} />}
      </p>
      {asked !== "" && <Chips question={asked} onAsk={onAsk} onAmend={onAmend} />}
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
          At <code>{wordAt(text, at)}</code>:{" "}
        </>
      )}
      {words}
    </>
  );
}

/** Of a longer word nobody needs the rest to find it in the box, in characters. */
const MAX_WORD = 20;

/** What stands from a place of the question to the next space, as far as it helps to find the place. */
function wordAt(question: string, at: number): string {
  const [word = ""] = question.slice(at).trimStart().split(/\s/u, 1);
  return word.length > MAX_WORD ? `${word.slice(0, MAX_WORD)}…` : word;
}

function Chips({
  question,
  onAsk,
  onAmend,
}: Pick<Props, "onAsk" | "onAmend"> & { readonly question: string }) {
  return (
    <ul class="chips" aria-label="Terms of the search">
      {chipsOf(question).map(({ text, without }) => (
        <li key={text} class="chip">
          <code>{text}</code>
          <LeavingButton
            heirs={[".chip button", "#search"]}
            aria-label={`Take ${text} away`}
            onClick={() => onAmend(without)}
          >
            ×
          </LeavingButton>
        </li>
      ))}
      <li>
        <LeavingButton heirs={["#search"]} class="clear" onClick={() => onAsk("")}>
          Clear
        </LeavingButton>
      </li>
    </ul>
  );
}

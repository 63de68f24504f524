import type { RefObject } from "preact";
import { useState } from "preact/hooks";

import { leaveTo, TAB_STOP } from "../views/heir.ts";
import { Visible } from "../views/visible.tsx";
import type { Knowledge, Suggestion, Suggestions } from "./suggestions.ts";
import { suggestionsFor } from "./suggestions.ts";

interface Props {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly text: string;
  readonly isInvalid: boolean;
  /** What is known now; asked for when something is written. */
  readonly knowledge: () => Knowledge;
  readonly onText: (text: string) => void;
}

const EXAMPLE = 'Search, for example: "out of memory" type:task_failed since:2h';

const LIST_ID = "search-suggestions";
const optionId = (at: number): string => `${LIST_ID}-${at}`;

/** None is chosen: Enter asks the question as it stands. */
const NONE = -1;

interface Offer extends Suggestions {
  readonly chosen: number;
}

/**
 * The search box with what it suggests: a combobox with a list, as in the ARIA Authoring Practices. Nothing is chosen
 * until an arrow key chooses it, so that writing and Enter are the same with suggestions and without.
 */
export function SearchBox({ input, text, isInvalid, knowledge, onText }: Props) {
  const [offer, setOffer] = useState<Offer>();
  const close = (): void => setOffer(undefined);

  /** @param isWanted the reader has asked for it, also where nothing is written so far */
  const suggest = (box: HTMLInputElement, isWanted = false): void => {
    const isFocused = document.activeElement === box;
    const found = isFocused
      ? suggestionsFor(box.value, box.selectionStart ?? box.value.length, knowledge())
      : undefined;
    const isEmpty = found?.kind === "field" && found.typed === "";
    setOffer(found === undefined || (isEmpty && !isWanted) ? undefined : { ...found, chosen: NONE });
  };

  const take = (
    box: HTMLInputElement,
    { from, to, kind }: Suggestions,
    { text: taken }: Suggestion,
  ): void => {
    const rest = box.value.slice(to);
    box.value = box.value.slice(0, from) + taken + rest;
    box.setSelectionRange(from + taken.length, from + taken.length);
    onText(box.value);
    // After a field come its values.
    if (kind === "field") suggest(box);
    else close();
  };

  const onKeyDown = (event: KeyboardEvent & { readonly currentTarget: HTMLInputElement }): void => {
    const { key, currentTarget: box, isComposing } = event;
    if (isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (offer === undefined) {
      if (key === "Escape") {
        event.preventDefault();
        leaveTo(TAB_STOP, box);
        return;
      }
      if (key !== "ArrowDown") return;
      event.preventDefault();
      suggest(box, true);
      return;
    }
    const chosen = offer.items[offer.chosen];
    switch (key) {
      case "ArrowDown":
      case "ArrowUp":
        event.preventDefault();
        setOffer({ ...offer, chosen: moved(offer, key === "ArrowDown" ? 1 : -1) });
        break;
      case "Enter":
      case "Tab":
        if (chosen === undefined || event.shiftKey) close();
        else {
          event.preventDefault();
          take(box, offer, chosen);
        }
        break;
      case "Escape":
        event.preventDefault();
        event.stopPropagation();
        close();
        break;
      case "ArrowLeft":
      case "ArrowRight":
      case "Home":
      case "End":
        close();
        break;
    }
  };

  return (
    <div class="search-box">
      <input
        ref={input}
        id="search"
        // Not `search`: HTML allows no list beside it.
        type="text"
        enterkeyhint="search"
        role="combobox"
        aria-label="Search the events"
        aria-describedby="search-help"
        aria-invalid={isInvalid}
        aria-autocomplete="list"
        aria-expanded={offer !== undefined}
        aria-controls={LIST_ID}
        aria-activedescendant={
          offer === undefined || offer.chosen === NONE ? undefined : optionId(offer.chosen)
        }
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        placeholder={EXAMPLE}
        value={text}
        onInput={({ currentTarget }) => {
          onText(currentTarget.value);
          suggest(currentTarget);
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      <ul
        id={LIST_ID}
        class="suggestions"
        role="listbox"
        aria-label="Suggestions"
        hidden={offer === undefined}
      >
        {offer?.items.map((item, at) => (
          <li
            key={item.text}
            id={optionId(at)}
            role="option"
            aria-selected={at === offer.chosen}
            // The box keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => input.current !== null && take(input.current, offer, item)}
          >
            <code>
              <Visible text={item.text} />
            </code>
            {item.hint !== "" && (
              <span class="hint">
                <Visible text={item.hint} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Before the first and after the last none is chosen. */
function moved({ chosen, items }: Offer, step: 1 | -1): number {
  const places = items.length + 1;
  return ((chosen + 1 + step + places) % places) - 1;
}

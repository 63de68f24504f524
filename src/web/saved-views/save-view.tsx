import { useRef } from "preact/hooks";

import { MAX_NAME_LENGTH } from "./saved-view.ts";
import type { SavedViews } from "./saved-views.ts";

/** Gives the question of the page a name. */
export function SaveView({ views, question }: { readonly views: SavedViews; readonly question: string }) {
  const name = useRef<HTMLInputElement>(null);
  if (question === "") return <p class="menu-note">Search for something to save it as a view.</p>;
  return (
    <form
      class="menu-form"
      onSubmit={(event) => {
        event.preventDefault();
        const input = name.current;
        if (input !== null && views.save(input.value, question)) input.value = "";
      }}
    >
      <label for="view-name">Save this search as</label>
      <input
        ref={name}
        id="view-name"
        type="text"
        autocomplete="off"
        maxLength={MAX_NAME_LENGTH}
        placeholder={question}
      />
      <button type="submit">Save</button>
    </form>
  );
}

import { useRef } from "preact/hooks";

import type { SavedViews } from "./saved-views.ts";

/** Takes views in that were copied elsewhere. */
export function ImportViews({ views }: { readonly views: SavedViews }) {
  const links = useRef<HTMLTextAreaElement>(null);
  return (
    <details class="import-views">
      <summary>Take in links</summary>
      <form
        class="menu-form"
        onSubmit={(event) => {
          event.preventDefault();
          const field = links.current;
          if (field === null) return;
          views.importLinks(field.value);
          field.value = "";
        }}
      >
        <label for="view-links">Links to views, one a line</label>
        <textarea ref={links} id="view-links" rows={4} required spellcheck={false} />
        <button type="submit">Take in</button>
      </form>
    </details>
  );
}

import { useEffect, useRef, useState } from "preact/hooks";

import { MAX_NAME_LENGTH, type SavedView } from "./saved-view.ts";
import type { SavedViews } from "./saved-views.ts";

interface Props {
  readonly view: SavedView;
  readonly views: SavedViews;
  readonly onAsk: (question: string) => void;
}

export function ViewItem({ view, views, onAsk }: Props) {
  const [isRenaming, setRenaming] = useState(false);
  const { name, question } = view;
  if (isRenaming) return <RenamedView view={view} views={views} onEnd={() => setRenaming(false)} />;
  return (
    <li class="view">
      <button
        type="button"
        class="view-open"
        // Closes the menu, which gives the focus back to its button.
        popovertarget="views-menu"
        popovertargetaction="hide"
        onClick={() => onAsk(question)}
      >
        <span class="view-name">{name}</span>
        {name !== question && <code>{question}</code>}
      </button>
      <button type="button" aria-label={`Rename ${name}`} onClick={() => setRenaming(true)}>
        Rename
      </button>
      <button type="button" aria-label={`Delete ${name}`} onClick={() => views.remove(name)}>
        Delete
      </button>
    </li>
  );
}

interface RenamedProps {
  readonly view: SavedView;
  readonly views: SavedViews;
  readonly onEnd: () => void;
}

function RenamedView({ view: { name }, views, onEnd }: RenamedProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  return (
    <li class="view">
      <form
        class="menu-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (views.rename(name, input.current?.value ?? name)) onEnd();
        }}
      >
        <input
          ref={input}
          type="text"
          aria-label={`Another name for ${name}`}
          autocomplete="off"
          required
          maxLength={MAX_NAME_LENGTH}
          defaultValue={name}
        />
        <button type="submit">Rename</button>
        <button type="button" onClick={onEnd}>
          Cancel
        </button>
      </form>
    </li>
  );
}

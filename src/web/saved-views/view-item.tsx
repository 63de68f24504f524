import { useEffect, useRef, useState } from "preact/hooks";

import { useHeir } from "../views/heir.ts";
import { LeavingButton } from "../views/leaving-button.tsx";
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
      <LeavingButton
        // Not the next one: a key that is held down would delete that, too.
        heirs={[".views", "#views-menu summary"]}
        aria-label={`Delete ${name}`}
        onClick={() => views.remove(name)}
      >
        Delete
      </LeavingButton>
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
  const form = useRef<HTMLFormElement>(null);
  const nameNow = useRef(name);
  useEffect(() => input.current?.select(), []);
  useHeir(form, () => [`[aria-label="Rename ${CSS.escape(nameNow.current)}"]`, ".views"]);
  return (
    <li class="view">
      <form
        ref={form}
        class="menu-form"
        onSubmit={(event) => {
          event.preventDefault();
          nameNow.current = input.current?.value ?? name;
          if (views.rename(name, nameNow.current)) onEnd();
          else nameNow.current = name;
        }}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || event.isComposing) return;
          // The menu stays open: one thing at a time, from the top.
          event.preventDefault();
          event.stopPropagation();
          onEnd();
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

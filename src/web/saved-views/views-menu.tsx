import { CopyButton } from "../views/copy-button.tsx";
import { Menu } from "../views/menu.tsx";
import { ImportViews } from "./import-views.tsx";
import { SaveView } from "./save-view.tsx";
import { viewsAsLinks } from "./saved-view.ts";
import type { SavedViews } from "./saved-views.ts";
import { ViewItem } from "./view-item.tsx";

interface Props {
  readonly views: SavedViews;
  /** What is asked now. */
  readonly question: string;
  readonly onAsk: (question: string) => void;
}

/** The views that were saved: to open, to rename, to delete, and to take elsewhere. */
export function ViewsMenu({ views, question, onAsk }: Props) {
  const list = views.list.value;
  return (
    <Menu id="views" label="Views" title="Saved views">
      {list.length === 0 ? (
        <p class="menu-note">A view is a search with a name. None is saved so far.</p>
      ) : (
        <ul class="views" tabIndex={-1}>
          {list.map((view) => (
            <ViewItem key={view.name} view={view} views={views} onAsk={onAsk} />
          ))}
        </ul>
      )}
      <SaveView views={views} question={question} />
      <p id="views-answer" class="menu-note" role="status">
        {views.answer.value}
      </p>
      <div class="menu-end">
        <CopyButton
          label="Copy all as links"
          disabled={list.length === 0}
          text={() => viewsAsLinks(list, location.href)}
        />
        <ImportViews views={views} />
      </div>
    </Menu>
  );
}

import { useComputed } from "@preact/signals";
import { useContext } from "preact/hooks";

import { badgeOf } from "../event/badge.ts";
import { titleText } from "../text/visible-text.ts";
import { type Place, Visible } from "../views/visible.tsx";
import { PanelContext, type PanelLinks } from "./panel-context.ts";

interface Props extends Place {
  /** What may be the key of a row, or its name. */
  readonly text: string;
}

/** A text. Where it names a row of a panel it leads to it, and a dot says how it stands. */
export function PanelLink(props: Props) {
  const links = useContext(PanelContext);
  return links === undefined ? <Visible {...props} /> : <Link links={links} {...props} />;
}

function Link({ links, text, ...place }: Props & { readonly links: PanelLinks }) {
  // A text, because one that stays the same draws nothing: the log has many of these.
  const found = useComputed(() => {
    const row = links.rowOf.value.get(text);
    return row === undefined ? undefined : JSON.stringify([row.table, row.key, row.status]);
  });
  if (found.value === undefined) return <Visible text={text} {...place} />;
  const [table, key, status]: [string, string, string] = JSON.parse(found.value);
  const { tone, hue } = badgeOf(status);
  return (
    <span {...place}>
      <button
        type="button"
        class="row-link"
        // For the pointer: a table of these would be a hundred stops, and the open event leads to the same story.
        tabIndex={-1}
        title={titleText(`${table}: ${status === "" ? key : status}`)}
        onClick={(event) => {
          // The row of the log around it opens by a click of its own.
          event.stopPropagation();
          links.openStory(key, table);
        }}
      >
        <Visible text={text} />
        {status !== "" && (
          <>
            <span
              class={`row-status ${tone ?? "hued"}`}
              style={hue === undefined ? undefined : { "--hue": hue }}
              aria-hidden="true"
            />
            <span class="visually-hidden"> {titleText(status)}</span>
          </>
        )}
      </button>
    </span>
  );
}

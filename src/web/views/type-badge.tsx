import { splitType } from "../event/badge.ts";
import type { TypeText } from "../event/event.ts";
import { withoutAnsi } from "../text/ansi.ts";
import { titleText } from "../text/visible-text.ts";
import { Visible } from "./visible.tsx";

export function TypeBadge({ type: { text, title, badge } }: { readonly type: TypeText }) {
  const [start, end] = splitType(withoutAnsi(text));
  return (
    <span
      class={`badge ${badge.tone ?? "hued"}`}
      style={badge.hue === undefined ? undefined : { "--hue": badge.hue }}
      title={titleText(title)}
    >
      {start !== "" && (
        <span class="badge-start">
          <Visible text={start} />
        </span>
      )}
      <span class="badge-end">
        <Visible text={end} />
      </span>
    </span>
  );
}

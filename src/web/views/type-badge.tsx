import { splitType } from "../event/badge.ts";
import type { TypeText } from "../event/event.ts";
import { withoutAnsi } from "../text/ansi.ts";
import { titleText } from "../text/visible-text.ts";
import { Visible } from "./visible.tsx";

interface Props {
  readonly type: TypeText;
  /** What it can be asked for by, as `askable` writes it. */
  readonly asked?: string | undefined;
}

export function TypeBadge({ type: { text, title, badge }, asked }: Props) {
  const [start, end] = splitType(withoutAnsi(text));
  return (
    <span
      class={`badge ${badge.tone ?? "hued"}`}
      style={badge.hue === undefined ? undefined : { "--hue": badge.hue }}
      title={titleText(title)}
      data-asked={asked}
    >
      {start !== "" && <Visible class="badge-start" text={start} />}
      <Visible class="badge-end" text={end} />
    </span>
  );
}

import { type AnsiColour, type AnsiStyle, readAnsi } from "../text/ansi.ts";
import { visibleParts } from "../text/visible-text.ts";

/** Of the element around a text. */
export interface Place {
  readonly class?: string;
  readonly title?: string | undefined;
  /** As `askable` writes it. */
  readonly "data-asked"?: string | undefined;
}

/** Text of the database with its colours, and with marks for what can't be seen. It turns nothing around it. */
export function Visible({ text, ...place }: Place & { readonly text: string }) {
  return (
    <bdi {...place}>
      {readAnsi(text).map(({ text: run, style }, at) => {
        const css = cssOf(style);
        return css === undefined ? (
          <Parts key={at} text={run} />
        ) : (
          <span key={at} class={css.classes} style={css.style}>
            <Parts text={run} />
          </span>
        );
      })}
    </bdi>
  );
}

function Parts({ text }: { readonly text: string }) {
  return visibleParts(text).map((part, at) =>
    part.isMark ? (
      <span key={at} class="mark-char" title="A character that can’t be seen">
        {part.text}
      </span>
    ) : (
      part.text
    ),
  );
}

function cssOf({ foreground, background, isBold, isUnderlined }: AnsiStyle) {
  const classes = [
    ...(isBold === true ? ["ansi-bold"] : []),
    ...(isUnderlined === true ? ["ansi-underlined"] : []),
    ...(foreground === undefined ? [] : [typeof foreground === "number" ? "ansi-named" : "ansi-colour"]),
    ...(background === undefined ? [] : ["ansi-background"]),
  ];
  if (classes.length === 0) return undefined;
  return {
    classes: classes.join(" "),
    style: {
      ...(foreground === undefined ? {} : { "--ansi-front": colourOf(foreground) }),
      ...(background === undefined ? {} : { "--ansi-back": colourOf(background) }),
    },
  };
}

/** The bright half of the 16 colours looks like the other one: on a light page it could not be read. */
function colourOf(colour: AnsiColour): string {
  return typeof colour === "number" ? `var(--ansi-${colour % 8})` : colour;
}

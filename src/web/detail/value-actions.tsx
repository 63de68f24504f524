import { shorten } from "../text/text.ts";
import { titleText } from "../text/visible-text.ts";
import { CopyButton } from "../views/copy-button.tsx";
import type { AskedValue } from "./terms.ts";

/** A longer value is no name for a button. In characters. */
const MAX_NAME_LENGTH = 60;

export interface Ask {
  /** Whether a question can ask for the value. */
  readonly canAsk: (asked: AskedValue) => boolean;
  /** Asks for it, or for everything else, besides what is asked already. */
  readonly ask: (asked: AskedValue, isNegated: boolean) => void;
}

interface Props {
  /** The way to the value, for people. */
  readonly what: string;
  /** What is copied. */
  readonly value: string;
  /** Undefined where no question can ask for it. */
  readonly asked: AskedValue | undefined;
  readonly ask: Ask;
}

/** What can be done with one value. */
export function ValueActions({ what, value, asked, ask }: Props) {
  const shown = titleText(
    shorten(`${what}: ${asked?.text === "" ? "none" : shorten(value, MAX_NAME_LENGTH)}`, MAX_NAME_LENGTH),
  );
  return (
    <span class="value-actions">
      {asked !== undefined && ask.canAsk(asked) && (
        <>
          <button
            type="button"
            class="only"
            aria-label={`Only ${shown}`}
            title={`Only ${shown}`}
            onClick={() => ask.ask(asked, false)}
          >
            ✓
          </button>
          <button
            type="button"
            class="without"
            aria-label={`Without ${shown}`}
            title={`Without ${shown}`}
            onClick={() => ask.ask(asked, true)}
          >
            ✗
          </button>
        </>
      )}
      <CopyButton label="Copy" what={titleText(shorten(what, MAX_NAME_LENGTH))} text={() => value} />
    </span>
  );
}

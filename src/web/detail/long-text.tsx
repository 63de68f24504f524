import { useState } from "preact/hooks";

import { shorten } from "../text/text.ts";
import { Visible } from "../views/visible.tsx";

interface Props {
  readonly text: string;
  /** In characters; more is shown on request. */
  readonly limit: number;
  /** Whether it stands between quotation marks, to be told from a number. */
  readonly quoted?: boolean;
}

export function LongText({ text, limit, quoted = false }: Props) {
  const [whole, setWhole] = useState<string | undefined>(undefined);
  const isCut = text.length > limit && whole !== text;
  return (
    <>
      {quoted && "“"}
      <Visible text={isCut ? shorten(text, limit) : text} />
      {quoted && "”"}
      {isCut && (
        <>
          {" "}
          <button type="button" class="show-all" onClick={() => setWhole(text)}>
            Show all {text.length.toLocaleString("en")} characters
          </button>
        </>
      )}
    </>
  );
}

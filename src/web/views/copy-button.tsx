import { useEffect, useState } from "preact/hooks";

import { copyText } from "../copy.ts";

/** Long enough to be seen. */
const ANSWER_MS = 2000;

interface Props {
  readonly label: string;
  /** What is copied, beyond what the button says. */
  readonly what?: string;
  readonly disabled?: boolean;
  readonly text: () => string;
}

export function CopyButton({ label, what, disabled = false, text }: Props) {
  const [answer, setAnswer] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (answer === undefined) return undefined;
    const timer = setTimeout(() => setAnswer(undefined), ANSWER_MS);
    return () => clearTimeout(timer);
  }, [answer]);
  const copy = async () => setAnswer((await copyText(text())) ? "Copied" : "The browser refused");
  return (
    <button type="button" class="copy" disabled={disabled} onClick={() => void copy()}>
      <span role="status">{answer ?? label}</span>
      {what !== undefined && <span class="visually-hidden"> {what}</span>}
    </button>
  );
}

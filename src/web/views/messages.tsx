import type { Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import type { Notice, Problem } from "../state.ts";

/** Long enough to be read twice. */
const RECEIPT_MS = 10_000;

/** What is wrong, and what to do about it. In the page at all times, so that assistive technology hears it appear. */
export function ProblemBanner({ problem }: { readonly problem: Problem | undefined }) {
  return (
    <section id="problem" class="problem" role="alert" hidden={problem === undefined}>
      <p class="problem-text">{problem?.text}</p>
      {problem?.advice !== undefined && <p>{problem.advice}</p>}
    </section>
  );
}

/** What happened: a receipt, or a warning that stays until it is dismissed. */
export function NoticeBar({ notice }: { readonly notice: Signal<Notice | undefined> }) {
  const current = notice.value;
  const dismiss = () => {
    notice.value = undefined;
  };
  useEffect(() => {
    if (current?.kind !== "receipt") return undefined;
    const timer = setTimeout(dismiss, RECEIPT_MS);
    return () => clearTimeout(timer);
  }, [current]);

  return (
    // Over the table and not above it: the rows must not move under the reader's eyes.
    <div class="notices" role="status">
      {current !== undefined && (
        <div class={`notice ${current.kind}`}>
          <p id="notice">{current.text}</p>
          <button type="button" class="dismiss" onClick={dismiss}>
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
}

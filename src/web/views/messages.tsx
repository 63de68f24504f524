import type { ReadonlySignal, Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import type { Notice, Problem } from "../state.ts";
import { TABLE } from "./heir.ts";
import { LeavingButton } from "./leaving-button.tsx";

/** Long enough to be read twice. */
const RECEIPT_MS = 10_000;

interface Props {
  readonly problem: ReadonlySignal<Problem | undefined>;
}

/**
 * What is wrong, and what to do about it. The element is in the page at all times, because assistive technology only
 * notices a change of what is there.
 */
export function ProblemBanner({ problem: { value: problem } }: Props) {
  return (
    <section id="problem" class="problem" role="alert" hidden={problem === undefined}>
      <p class="problem-text">{problem?.text}</p>
      {problem?.advice !== undefined && <p>{problem.advice}</p>}
    </section>
  );
}

/** What happened. A receipt goes away by itself, and a warning stays until it is dismissed. */
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
    // This lies over the table and takes no room of it, because rows must not move while somebody reads them.
    <div class="notices" role="status">
      {current !== undefined && (
        <div class={`notice ${current.kind}`}>
          <p id="notice">{current.text}</p>
          <LeavingButton heirs={TABLE} class="dismiss" onClick={dismiss}>
            Dismiss
          </LeavingButton>
        </div>
      )}
    </div>
  );
}

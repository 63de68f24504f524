import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import { useRootClass } from "./use-root-class.ts";

interface Props {
  readonly id: string;
  /** What stands in it, as its heading says. */
  readonly title: ComponentChildren;
  /** What kind of thing that is, as in `Story`. */
  readonly kind: ComponentChildren;
  /** When it becomes another one, the pane shows something else, and is read from its top. */
  readonly subject: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A pane beside the list, which stays in sight; a sheet over it on a small screen. */
export function Pane({ id, title, kind, subject, onClose, children }: Props) {
  const pane = useRef<HTMLElement>(null);
  useRootClass("with-pane");
  useEffect(() => {
    const before = document.activeElement;
    pane.current?.focus({ preventScroll: true });
    pane.current?.scrollTo({ top: 0 });
    return () => {
      // Who reads with the keyboard goes on where the pane was opened, unless they have gone on already.
      const isHere = pane.current?.contains(document.activeElement) ?? true;
      if (isHere && before instanceof HTMLElement && before.isConnected)
        before.focus({ preventScroll: true });
    };
  }, [subject]);
  // At once: a key that is pressed right after the pane is drawn counts.
  useLayoutEffect(() => closeOnEscape(onClose), [onClose]);
  return (
    <aside ref={pane} id={id} class="pane" aria-labelledby={`${id}-title`} tabIndex={-1}>
      <header class="pane-head">
        <div class="pane-title">
          <p class="pane-kind">{kind}</p>
          <h2 id={`${id}-title`}>{title}</h2>
        </div>
        <button type="button" class="close" onClick={onClose}>
          Close
        </button>
      </header>
      {children}
    </aside>
  );
}

function closeOnEscape(close: () => void): () => void {
  const listen = (event: KeyboardEvent): void => {
    const isWriting =
      event.target instanceof HTMLElement && /^(?:INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key !== "Escape" || event.defaultPrevented || isWriting) return;
    event.preventDefault();
    close();
  };
  document.addEventListener("keydown", listen);
  return () => document.removeEventListener("keydown", listen);
}

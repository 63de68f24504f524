import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface Props {
  readonly id: string;
  /** What it is called for those who do not see it. */
  readonly title: string;
  /** Undefined while it is closed. Another one opens it again. */
  readonly opening: object | undefined;
  /** It was closed, by whatever: Escape, a click beside it, or what is in it. */
  readonly onClose: () => void;
  /** Drawn while it is open alone. */
  readonly children: ComponentChildren;
}

/** Lies over the page, which takes no key and no click until it is closed. The focus goes back to where it was. */
export function Dialog({ id, title, opening, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  // As soon as it is drawn: a report of an earlier closing must not find it closed in between.
  useLayoutEffect(() => {
    if (opening === undefined) dialog.current?.close();
    else if (dialog.current?.open === false) dialog.current.showModal();
  }, [opening]);
  return (
    <dialog
      ref={dialog}
      id={id}
      class="over"
      aria-label={title}
      onClose={({ currentTarget }) => {
        // The browser says so in its next frame, and by then it may be open again.
        if (!currentTarget.open) onClose();
      }}
      onClick={({ target, currentTarget }) => {
        // What is beside the dialog counts as the dialog itself; what is in it does not.
        if (target === currentTarget) currentTarget.close();
      }}
    >
      {opening !== undefined && (
        // It begins anew each time, also where it is opened again before the browser has said that it was closed.
        <div key={opening} class="over-body">
          {children}
        </div>
      )}
    </dialog>
  );
}

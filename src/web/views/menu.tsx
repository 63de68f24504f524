import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface Props {
  /** Of the button. The panel is called the same with `-menu`. */
  readonly id: string;
  /** What stands on the button. */
  readonly label: ComponentChildren;
  /** What the panel is called for those who do not see it. */
  readonly title: string;
  readonly children: ComponentChildren;
}

/** A button that opens a panel under it. The browser closes it: with Escape, and with a click elsewhere. */
export function Menu({ id, label, title, children }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = panel.current;
    if (element === null) return undefined;
    const place = () => {
      const bounds = button.current?.getBoundingClientRect();
      if (bounds === undefined) return;
      element.style.setProperty("--menu-top", `${bounds.bottom}px`);
      element.style.setProperty("--menu-right", `${document.documentElement.clientWidth - bounds.right}px`);
    };
    element.addEventListener("beforetoggle", place);
    return () => element.removeEventListener("beforetoggle", place);
  }, []);
  return (
    <>
      <button ref={button} id={id} type="button" popovertarget={`${id}-menu`}>
        {label}
      </button>
      <div ref={panel} id={`${id}-menu`} class="menu" popover="auto" role="group" aria-label={title}>
        {children}
      </div>
    </>
  );
}

import { useRef } from "preact/hooks";

import { Menu } from "../views/menu.tsx";
import type { Log } from "./log.ts";

interface Props {
  /** The times of the page are in UTC rather than in the reader's zone. */
  readonly isUtc: boolean;
  readonly log: Log;
}

/** Leads to a time, to the first event, and to an event by its id. */
export function JumpForm({ isUtc, log }: Props) {
  const time = useRef<HTMLInputElement>(null);
  const id = useRef<HTMLInputElement>(null);
  const close = (): void => document.querySelector<HTMLElement>("#jump-menu")?.hidePopover();
  return (
    <Menu id="jump" label="Jump to …" title="Jump to">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const atMs = Date.parse(`${time.current?.value ?? ""}${isUtc ? "Z" : ""}`);
          if (Number.isNaN(atMs)) return;
          close();
          void log.jumpTo(atMs);
        }}
      >
        <label>
          Time{isUtc ? " (UTC)" : ""}
          <input id="jump-time" ref={time} type="datetime-local" step="1" required />
        </label>
        <button type="submit">Go</button>
      </form>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const text = id.current?.value.trim() ?? "";
          if (!/^-?\d{1,19}$/.test(text)) return;
          close();
          void log.showAround(BigInt(text));
        }}
      >
        <label>
          Event ID
          <input
            id="jump-id"
            ref={id}
            inputmode="numeric"
            pattern="\s*-?[0-9]{1,19}\s*"
            title="A whole number"
            required
          />
        </label>
        <button type="submit">Go</button>
      </form>
      <button
        type="button"
        id="jump-oldest"
        onClick={() => {
          close();
          void log.showOldest();
        }}
      >
        The first event
      </button>
    </Menu>
  );
}

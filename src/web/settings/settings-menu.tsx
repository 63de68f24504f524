import type { Signal } from "@preact/signals";
import type { ComponentChildren, TargetedMouseEvent } from "preact";

import type { Overlay, OverlaySignal } from "../commands/overlay.ts";
import type { State } from "../state.ts";
import { Choice } from "../views/choice.tsx";
import { Menu } from "../views/menu.tsx";
import { type Theme, THEME_WORDS, THEMES } from "./theme.ts";
import { TIME_MODE_WORDS, TIME_MODES } from "./time-mode.ts";

interface Props {
  readonly state: State;
  readonly theme: Signal<Theme>;
  readonly overlay: OverlaySignal;
  /** Switches of other parts of the page. */
  readonly children?: ComponentChildren;
}

export function SettingsMenu({ state, theme, overlay, children }: Props) {
  const open = ({ currentTarget }: TargetedMouseEvent<HTMLElement>, name: Overlay["name"]) => {
    // First of all: then the focus is on the button of the menu, and comes back there.
    currentTarget.closest<HTMLElement>("[popover]")?.hidePopover();
    overlay.value = { name };
  };
  return (
    <Menu id="settings" label="Settings" title="Settings">
      <Choice title="Theme" choices={THEMES} words={THEME_WORDS} choice={theme} />
      <Choice title="Times" choices={TIME_MODES} words={TIME_MODE_WORDS} choice={state.timeMode} />
      {children}
      <div class="menu-end">
        <button type="button" onClick={(event) => open(event, "palette")}>
          All commands
        </button>
        <button type="button" onClick={(event) => open(event, "help")}>
          What the keys do
        </button>
      </div>
    </Menu>
  );
}

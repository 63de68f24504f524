import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";

import { Dialog } from "../views/dialog.tsx";
import { Visible } from "../views/visible.tsx";
import type { Command } from "./command.ts";
import { findCommands } from "./find.ts";
import { Keys } from "./keys.tsx";
import { closed, type OverlaySignal, PALETTE_TITLE } from "./overlay.ts";

interface Props {
  readonly commands: ReadonlySignal<readonly Command[]>;
  readonly overlay: OverlaySignal;
}

/** All commands, to be found by a few letters of their names. */
export function Palette({ commands, overlay }: Props) {
  const opening = overlay.value?.name === "palette" ? overlay.value : undefined;
  return (
    <Dialog id="palette" title="Commands" opening={opening} onClose={() => closed(overlay, opening)}>
      <Finder commands={commands.value.filter(({ title }) => title !== PALETTE_TITLE)} />
    </Dialog>
  );
}

function Finder({ commands }: { readonly commands: readonly Command[] }) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [selected, setSelected] = useState(0);
  const found = findCommands(commands, text);

  /** The page is there again first, because many commands move its focus. */
  const choose = (command: Command | undefined): void => {
    if (command === undefined) return;
    input.current?.closest("dialog")?.close();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing) return;
    if (step !== undefined && found.length > 0) setSelected((selected + step + found.length) % found.length);
    else if (event.key === "Enter") choose(found[selected]);
    else if (event.key === "k" && (event.ctrlKey || event.metaKey)) input.current?.closest("dialog")?.close();
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        ref={input}
        id="palette-text"
        type="text"
        role="combobox"
        aria-label="Find a command"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found[selected] === undefined ? undefined : optionId(selected)}
        autocomplete="off"
        spellcheck={false}
        placeholder="Find a command"
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
          setSelected(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id="palette-list" role="listbox" aria-label="Commands">
        {found.map((command, at) => (
          <Option
            key={command.title}
            command={command}
            at={at}
            isSelected={at === selected}
            onChoose={choose}
          />
        ))}
      </ul>
      <p class="palette-none" role="status">
        {found.length === 0 && "No command that is possible now is called so."}
      </p>
    </>
  );
}

interface OptionProps {
  readonly command: Command;
  readonly at: number;
  readonly isSelected: boolean;
  readonly onChoose: (command: Command) => void;
}

function Option({ command, at, isSelected, onChoose }: OptionProps) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isSelected) item.current?.scrollIntoView({ block: "nearest" });
  }, [isSelected]);
  return (
    // The keys are those of the box above, which keeps the focus.
    <li
      ref={item}
      id={optionId(at)}
      role="option"
      aria-selected={isSelected}
      onClick={() => onChoose(command)}
    >
      <span class="palette-title">
        <Visible text={command.title} />
      </span>
      <span class="palette-group">{command.group}</span>
      <Keys keys={command.keys} />
    </li>
  );
}

function optionId(at: number): string {
  return `palette-${at}`;
}

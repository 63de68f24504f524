import type { ReadonlySignal } from "@preact/signals";

import { Dialog } from "../views/dialog.tsx";
import { type Command, COMMAND_GROUPS } from "./command.ts";
import { Keys } from "./keys.tsx";
import { closed, type OverlaySignal } from "./overlay.ts";

interface Props {
  readonly commands: ReadonlySignal<readonly Command[]>;
  readonly overlay: OverlaySignal;
}

/** What the keys do. */
export function Help({ commands, overlay }: Props) {
  const opening = overlay.value?.name === "help" ? overlay.value : undefined;
  return (
    <Dialog id="help" title="What the keys do" opening={opening} onClose={() => closed(overlay, opening)}>
      <header class="over-head">
        <h2>What the keys do</h2>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </header>
      <KeyList commands={commands.value} />
    </Dialog>
  );
}

function KeyList({ commands }: { readonly commands: readonly Command[] }) {
  const groups = Map.groupBy(
    commands.filter(({ keys }) => keys.length > 0),
    ({ group }) => group,
  );
  return (
    // What scrolls has to be reached by the keyboard.
    <div class="key-groups" tabIndex={0} role="group" aria-label="Keys">
      {COMMAND_GROUPS.filter((group) => groups.has(group)).map((group) => (
        <section key={group}>
          <h3>{group}</h3>
          <dl>
            {groups.get(group)?.map(({ title, keys }) => (
              <div key={title}>
                <dt>
                  <Keys keys={keys} />
                </dt>
                <dd>{title}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <section>
        <h3>Everywhere</h3>
        <dl>
          <div>
            <dt>
              <Keys keys={["Escape"]} />
            </dt>
            <dd>Close what is on top</dd>
          </div>
        </dl>
      </section>
    </div>
  );
}

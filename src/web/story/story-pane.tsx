import type { ReadonlySignal } from "@preact/signals";

import type { State } from "../state.ts";
import { Pane } from "../views/pane.tsx";
import { Visible } from "../views/visible.tsx";
import { StoryBody } from "./story-body.tsx";
import type { Story } from "./story.ts";

interface Props {
  readonly state: State;
  readonly story: Story;
  readonly tick: ReadonlySignal<number>;
}

/** The story of a target that is no row of a panel. */
export function StoryPane({ state, story, tick }: Props) {
  const target = story.opened.value?.target;
  if (target === undefined) return null;
  return (
    <Pane id="story" kind="Story" title={<Visible text={target} />} subject={target} onClose={story.close}>
      <StoryBody state={state} story={story} target={target} tick={tick} />
    </Pane>
  );
}

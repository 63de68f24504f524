import { useMemo, useRef, useState } from "preact/hooks";

import type { Actions, Direction } from "../actions.ts";
import type { LogEvent } from "../event/event.ts";
import type { State } from "../state.ts";
import { useRootClass } from "../views/use-root-class.ts";
import { DetailActions } from "./detail-actions.tsx";
import { DetailHead } from "./detail-head.tsx";
import { FieldItem } from "./field-item.tsx";
import { fieldsOf } from "./fields.ts";
import { type Opened, openedId, type Rest } from "./opened.ts";
import { keepInside, showRow, useFocus, useIsSheet, useRoom } from "./pane-place.ts";
import { PaneResizer } from "./pane-resizer.tsx";
import { rememberedWidth } from "./pane-width.ts";
import { termOf, withTerm } from "./terms.ts";
import type { Ask } from "./value-actions.tsx";

interface Props {
  readonly state: State;
  readonly actions: Actions;
}

/** The event that is open, beside the list or over it. */
export function DetailPane({ state, actions }: Props) {
  const opened = state.opened.value;
  const id = openedId(opened);
  const pane = useRef<HTMLElement>(null);
  const isSheet = useIsSheet();
  const [width, setWidth] = useState(rememberedWidth);
  // A sheet lies over the answer to what is asked in it.
  const own = useMemo(
    () => (isSheet ? { ...actions, ask: actions.askInstead, amend: actions.askInstead } : actions),
    [actions, isSheet],
  );
  useFocus(pane, id, isSheet);
  useRoom(pane, id);
  useRootClass("with-detail", id !== undefined);
  if (id === undefined) return null;

  const onStep = (direction: Direction) => {
    const next = actions.neighbour(id, direction);
    if (next === undefined) return;
    actions.stepToEvent(next);
    showRow(next);
  };
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    if (event.key === "Tab" && isSheet) keepInside(event.currentTarget, event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const direction = event.key === "ArrowUp" ? "newer" : event.key === "ArrowDown" ? "older" : undefined;
    if (event.key === "Escape") actions.closeEvent();
    else if (direction !== undefined && !scrolls(event.target)) onStep(direction);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <section
      ref={pane}
      id="detail"
      class="detail"
      tabIndex={-1}
      role={isSheet ? "dialog" : undefined}
      aria-modal={isSheet ? "true" : undefined}
      aria-labelledby="detail-title"
      style={{ "--detail-width": `${width}rem` }}
      onKeyDown={onKeyDown}
    >
      {!isSheet && <PaneResizer width={width} onWidth={setWidth} />}
      <div class="detail-scroll">
        <DetailHead
          id={id}
          event={opened.name === "open" ? opened.event : undefined}
          state={state}
          actions={actions}
          onStep={onStep}
        />
        <Content opened={opened} state={state} actions={own} />
      </div>
    </section>
  );
}

/** A long value has the arrow keys for itself. */
function scrolls(target: EventTarget | null): boolean {
  return target instanceof Element && target.classList.contains("value");
}

function Content({ opened, state, actions }: Props & { readonly opened: Opened }) {
  switch (opened.name) {
    case "closed":
      return null;
    case "loading":
      return (
        <p class="nothing" role="status">
          Loading …
        </p>
      );
    case "failed":
      return (
        <div class="detail-failure" role="alert">
          <p class="problem-text">{opened.why}</p>
          <p>{opened.advice}</p>
          <button type="button" class="try-again" onClick={() => actions.openEvent(opened.id)}>
            Try again
          </button>
        </div>
      );
    case "open":
      return (
        <>
          <DetailActions
            event={opened.event}
            isWhole={opened.rest === "whole"}
            state={state}
            actions={actions}
          />
          <Fields event={opened.event} rest={opened.rest} state={state} actions={actions} />
        </>
      );
  }
}

function Fields({ event, rest, state, actions }: Props & { readonly event: LogEvent; readonly rest: Rest }) {
  const reading = state.reading.value;
  const fields = useMemo(() => fieldsOf(event.json, reading), [event, reading]);
  const ask = useMemo((): Ask => {
    return {
      canAsk: (asked) => termOf(asked, reading.roles) !== undefined,
      ask: (asked, isNegated) => {
        const term = termOf(asked, reading.roles);
        if (term !== undefined) actions.amend(withTerm(state.question.peek(), term, isNegated));
      },
    };
  }, [reading, actions]);
  return (
    <dl class="fields">
      {fields.map((field) => (
        <FieldItem key={field.column} field={field} rest={rest} choices={state.choices} ask={ask} />
      ))}
    </dl>
  );
}

import type { Actions, Direction } from "../actions.ts";
import { type LogEvent, typeText } from "../event/event.ts";
import { instantOf } from "../event/reading.ts";
import type { State } from "../state.ts";
import { relativeTime } from "../time/relative-time.ts";
import { EventTime } from "../views/event-time.tsx";
import { TypeBadge } from "../views/type-badge.tsx";

interface Props {
  readonly id: bigint;
  /** Undefined until it is there. */
  readonly event: LogEvent | undefined;
  readonly state: State;
  readonly actions: Actions;
  readonly onStep: (direction: Direction) => void;
}

/** Which event it is, when it was, and the way to the next ones. */
export function DetailHead({ id, event, state, actions, onStep }: Props) {
  return (
    <header class="detail-head">
      <div class="detail-title">
        <h2 id="detail-title">Event {String(id)}</h2>
        {event !== undefined && <Badge event={event} state={state} />}
        <div class="detail-steps">
          <StepButton id={id} direction="newer" state={state} actions={actions} onStep={onStep} />
          <StepButton id={id} direction="older" state={state} actions={actions} onStep={onStep} />
          <button type="button" class="close" title="Close (Esc)" onClick={actions.closeEvent}>
            <span aria-hidden="true">×</span>
            <span class="visually-hidden">Close</span>
          </button>
        </div>
      </div>
      {event !== undefined && <When event={event} state={state} />}
    </header>
  );
}

function Badge({ event, state }: Pick<Props, "state"> & { readonly event: LogEvent }) {
  const { roles, labels } = state.reading.value;
  // Not the texts of its row: a value of a megabyte would be taken apart for them.
  const type = typeText(event.json, roles.type, labels);
  return type === undefined ? null : <TypeBadge type={type} />;
}

const STEPS = {
  newer: { sign: "↑", text: "Newer event" },
  older: { sign: "↓", text: "Older event" },
} as const;

function StepButton({
  id,
  direction,
  state,
  actions,
  onStep,
}: Omit<Props, "event"> & { readonly direction: Direction }) {
  // Rows that come in may be its neighbours.
  void state.log.entries.value;
  const { sign, text } = STEPS[direction];
  return (
    <button
      type="button"
      class={direction}
      title={`${text} (${sign})`}
      // Not disabled: it would lose the focus.
      aria-disabled={actions.neighbour(id, direction) === undefined}
      onClick={() => onStep(direction)}
    >
      <span aria-hidden="true">{sign}</span>
      <span class="visually-hidden">{text}</span>
    </button>
  );
}

/** Local, in UTC, and how long ago. It is drawn anew as time goes by. */
function When({ event, state }: Pick<Props, "state"> & { readonly event: LogEvent }) {
  const reading = state.reading.value;
  const column = reading.roles.time;
  const value = column === undefined ? undefined : event.json[column];
  const ms = instantOf(value, reading);
  return (
    <p class="when">
      <EventTime value={value} reading={reading} clock={state.clock.value} />
      {ms !== undefined && (
        <>
          <span class="iso">{new Date(ms).toISOString()}</span>
          <span class="ago">{relativeTime(ms, Math.max(ms, state.moment.value.ms))}</span>
        </>
      )}
    </p>
  );
}

import { Component } from "preact";

import type { ColumnRoles } from "../../events.ts";
import { badgeOf } from "../badge.ts";
import { describeEvent, type LogEvent, rawTextOf } from "../event.ts";
import type { Label } from "../metadata.ts";
import { textOf } from "../text.ts";
import { createTimeFormat, parseInstant } from "../time.ts";

interface Props {
  readonly event: LogEvent;
  readonly roles: ColumnRoles;
  /** The local day, which decides whether a time needs its date. */
  readonly today: string;
  readonly isArriving: boolean;
}

interface RowState {
  /** Something of the row can't be drawn: it is shown as it came. */
  readonly isBroken: boolean;
}

export class EventRow extends Component<Props, RowState> {
  override state: RowState = { isBroken: false };

  /** An event never changes, and 50 rows have nothing to do while one comes in. */
  override shouldComponentUpdate({ event, roles, today }: Props, { isBroken }: RowState): boolean {
    const { props, state } = this;
    return (
      event !== props.event || roles !== props.roles || today !== props.today || isBroken !== state.isBroken
    );
  }

  /** One row that can't be drawn must not take the table with it. */
  override componentDidCatch(error: unknown): void {
    console.error(`Tailboard could not draw the event ${this.props.event.id}:`, error);
    this.setState({ isBroken: true });
  }

  override render({ event, roles, isArriving }: Props, { isBroken }: RowState) {
    return (
      // The roles say what the elements are, because a small screen lays them out as a grid.
      <tr role="row" data-event-id={String(event.id)} class={isArriving ? "arriving" : undefined}>
        {isBroken ? <RawCell event={event} roles={roles} /> : <Cells event={event} roles={roles} />}
      </tr>
    );
  }
}

interface CellsProps {
  readonly event: LogEvent;
  readonly roles: ColumnRoles;
}

function Cells({ event, roles }: CellsProps) {
  const { time, type, actor, target, summary, labels } = describeEvent(event, roles);
  return (
    <>
      {roles.time !== undefined && (
        <td role="cell" class="time">
          <Time value={time} />
        </td>
      )}
      {roles.type !== undefined && (
        <td role="cell" class="type">
          {type !== "" && <Badge type={type} />}
        </td>
      )}
      {(roles.actor ?? roles.target) !== undefined && (
        <td role="cell" class="who">
          <Who actor={actor} target={target} />
        </td>
      )}
      <td role="cell" class="what">
        {summary !== "" && <p class="summary">{summary}</p>}
        {labels.length > 0 && (
          <ul class="labels">
            {labels.map((label, at) => (
              <LabelItem key={label.key ?? at} label={label} />
            ))}
          </ul>
        )}
      </td>
    </>
  );
}

function RawCell({ event, roles }: CellsProps) {
  const others = [roles.time, roles.type, roles.actor ?? roles.target].filter((role) => role !== undefined);
  return (
    <td role="cell" class="what" colSpan={others.length + 1}>
      <p class="summary">{rawTextOf(event)}</p>
    </td>
  );
}

const formatTime = createTimeFormat();

function Time({ value }: { readonly value: unknown }) {
  const at = parseInstant(value);
  if (at === undefined) return <span class="raw-time">{textOf(value)}</span>;
  const { clock, day, iso } = formatTime(at, new Date());
  return (
    <time dateTime={iso} title={iso}>
      {day !== undefined && <span class="day">{day} </span>}
      {clock}
    </time>
  );
}

function Badge({ type }: { readonly type: string }) {
  const { tone, hue } = badgeOf(type);
  return (
    <span
      class={`badge ${tone ?? "hued"}`}
      style={hue === undefined ? undefined : { "--hue": hue }}
      title={type}
    >
      {type}
    </span>
  );
}

function Who({ actor, target }: { readonly actor: string; readonly target: string }) {
  return (
    <span class="pair">
      {actor !== "" && (
        <span class="actor" title={actor}>
          {actor}
        </span>
      )}
      {target !== "" && (
        <>
          <span class="arrow" aria-hidden="true">
            →
          </span>
          <span class="visually-hidden"> to </span>
          <span class="target" title={target}>
            {target}
          </span>
        </>
      )}
    </span>
  );
}

function LabelItem({ label: { key, value, failed } }: { readonly label: Label }) {
  return (
    <li class={failed ? "label failed" : "label"} title={key === undefined ? value : `${key}: ${value}`}>
      {key !== undefined && <span class="key">{key}: </span>}
      {value}
    </li>
  );
}

import { Component, createRef } from "preact";

import type { Clock } from "../clock.ts";
import { togglesRow } from "../disclosure.ts";
import { describeEvent, type LogEvent, rawTextOf } from "../event.ts";
import type { Label } from "../metadata.ts";
import type { NamedText } from "../names.ts";
import { PanelLink } from "../panels/panel-link.tsx";
import type { Reading } from "../reading.ts";
import { titleText } from "../visible-text.ts";
import { EventDetail } from "./event-detail.tsx";
import { EventTime } from "./event-time.tsx";
import { TypeBadge } from "./type-badge.tsx";
import { Visible } from "./visible.tsx";

interface Props {
  readonly event: LogEvent;
  readonly reading: Reading;
  readonly clock: Clock;
  /** The parts that the table shows, as in `time type who`. */
  readonly parts: string;
  readonly isOpen: boolean;
  readonly isArriving: boolean;
  readonly onToggle: (id: bigint) => void;
}

interface RowState {
  /** Something of the row can't be drawn: it is shown as it came. */
  readonly isBroken: boolean;
}

export class EventRow extends Component<Props, RowState> {
  override state: RowState = { isBroken: false };
  readonly #row = createRef<HTMLTableRowElement>();

  /** An event never changes, and 50 rows have nothing to do while one comes in. */
  override shouldComponentUpdate(next: Props, { isBroken }: RowState): boolean {
    const { props, state } = this;
    return (
      next.event !== props.event ||
      next.reading !== props.reading ||
      next.clock !== props.clock ||
      next.parts !== props.parts ||
      next.isOpen !== props.isOpen ||
      isBroken !== state.isBroken
    );
  }

  /** One row that can't be drawn must not take the table with it. */
  override componentDidCatch(error: unknown): void {
    console.error(`Tailboard could not draw the event ${this.props.event.id}:`, error);
    this.setState({ isBroken: true });
  }

  override render(props: Props, { isBroken }: RowState) {
    const { event, reading, parts, isOpen, isArriving } = props;
    const classes = [...(isArriving ? ["arriving"] : []), ...(isOpen ? ["open"] : [])];
    return (
      <>
        {/* The roles say what the elements are, because a small screen lays them out as a grid. */}
        <tr
          ref={this.#row}
          role="row"
          data-event-id={String(event.id)}
          class={classes.join(" ")}
          onClick={this.#onClick}
        >
          {isBroken ? <RawCell event={event} parts={parts} /> : <Cells {...props} />}
        </tr>
        {isOpen && !isBroken && (
          <tr role="row" class="detail" id={detailId(event)}>
            <td role="cell" colSpan={columnCount(parts)}>
              <EventDetail event={event} reading={reading} />
            </td>
          </tr>
        )}
      </>
    );
  }

  /** The button in the row has no handler of its own, so that a click anywhere in the row is the same. */
  readonly #onClick = ({ detail }: MouseEvent) => {
    const selection = getSelection();
    const row = this.#row.current;
    const isSelecting = row !== null && selection?.isCollapsed === false && selection.containsNode(row, true);
    if (togglesRow({ detail, isSelecting })) this.props.onToggle(this.props.event.id);
  };
}

function detailId({ id }: LogEvent): string {
  return `detail-${id}`;
}

function columnCount(parts: string): number {
  return parts.split(" ").filter(Boolean).length + 1;
}

function Cells({ event, reading, clock, parts, isOpen }: Props) {
  const { time, type, actor, target, summary, labels } = describeEvent(event, reading);
  return (
    <>
      {parts.includes("time") && (
        <td role="cell" class="time">
          <EventTime value={time} reading={reading} clock={clock} />
        </td>
      )}
      {parts.includes("type") && (
        <td role="cell" class="type">
          {type !== undefined && <TypeBadge type={type} />}
        </td>
      )}
      {parts.includes("who") && (
        <td role="cell" class="who">
          <Who actor={actor} target={target} />
        </td>
      )}
      <td role="cell" class="what">
        <div class="what-line">
          <div class="what-text">
            {summary.text !== "" && (
              <p
                class="summary"
                title={summary.title === summary.text ? undefined : titleText(summary.title)}
              >
                <Visible text={summary.text} />
              </p>
            )}
            {labels.length > 0 && (
              <ul class="labels">
                {labels.map((label, at) => (
                  <LabelItem key={at} label={label} />
                ))}
              </ul>
            )}
          </div>
          <button
            type="button"
            class="opener"
            aria-expanded={isOpen}
            aria-controls={isOpen ? detailId(event) : undefined}
          >
            <span class="visually-hidden">All columns of event {String(event.id)}</span>
          </button>
        </div>
      </td>
    </>
  );
}

function RawCell({ event, parts }: Pick<Props, "event" | "parts">) {
  return (
    <td role="cell" class="what" colSpan={columnCount(parts)}>
      <p class="summary">
        <Visible text={rawTextOf(event)} />
      </p>
    </td>
  );
}

function Who({ actor, target }: { readonly actor: NamedText; readonly target: NamedText }) {
  return (
    <span class="pair">
      {actor.text !== "" && (
        <span class="actor" title={titleText(actor.title)}>
          <PanelLink text={actor.text}>
            <Visible text={actor.text} />
          </PanelLink>
        </span>
      )}
      {target.text !== "" && (
        <>
          <span class="arrow" aria-hidden="true">
            →
          </span>
          <span class="visually-hidden"> to </span>
          <span class="target" title={titleText(target.title)}>
            <PanelLink text={target.text}>
              <Visible text={target.text} />
            </PanelLink>
          </span>
        </>
      )}
    </span>
  );
}

function LabelItem({ label: { key, value, failed, title } }: { readonly label: Label }) {
  return (
    <li
      class={failed ? "label failed" : "label"}
      title={titleText(title ?? (key === undefined ? value : `${key}: ${value}`))}
    >
      {key !== undefined && (
        <span class="key">
          <Visible text={key} />
          {": "}
        </span>
      )}
      <Visible text={value} />
    </li>
  );
}

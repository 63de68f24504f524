/** What a row of the log shows in each column. */
import { describeEvent, type EventText, type LogEvent } from "../event/event.ts";
import type { Label } from "../event/metadata.ts";
import { type NamedText, namedText } from "../event/names.ts";
import type { Reading } from "../event/reading.ts";
import { PanelLink } from "../panels/panel-link.tsx";
import { shorten, textOf } from "../text/text.ts";
import { titleText } from "../text/visible-text.ts";
import type { Clock } from "../time/clock.ts";
import { EventTime } from "../views/event-time.tsx";
import { TypeBadge } from "../views/type-badge.tsx";
import { Visible } from "../views/visible.tsx";
import { askable } from "./askable.ts";
import { type ColumnName, ownColumn } from "./columns.ts";
import type { Entry } from "./entries.ts";

export interface CellProps {
  readonly entry: Extract<Entry, { kind: "event" }>;
  readonly reading: Reading;
  readonly clock: Clock;
  readonly columns: readonly ColumnName[];
  readonly isOpen: boolean;
  /** The reader has opened the fold that this row stands for. */
  readonly isUnfolded: boolean;
}

/** In characters. A column of the table has room for one line, and the detail has all of it. */
const MAX_CELL_LENGTH = 200;

/**
 * A summary of so many Latin characters has three lines at most in the narrowest column, and one of wide characters some
 * more. Only longer ones are cut after the third line, for which the browser lays them out twice. In characters.
 */
const SHORT_SUMMARY = 60;

/** One for each column of the table; the last one has the button that opens the row. */
export function Cells(props: CellProps) {
  const { entry, reading, columns } = props;
  const text = describeEvent(entry.event, reading);
  return columns.map((name, at) => (
    <td key={name} role="cell" class={name.startsWith("=") ? "own" : name}>
      <Cell name={name} text={text} {...props} />
      {at === columns.length - 1 && <Opener {...props} />}
    </td>
  ));
}

function Cell({ name, text, ...props }: CellProps & { readonly name: ColumnName; readonly text: EventText }) {
  const { entry, reading, clock } = props;
  switch (name) {
    case "id":
      return String(entry.event.id);
    case "time":
      return <EventTime value={text.time} reading={reading} clock={clock} />;
    case "type":
      return text.type === undefined ? null : (
        <TypeBadge
          type={text.type}
          asked={askable(reading.roles.type, textOfColumn(entry.event, reading.roles.type))}
        />
      );
    case "who":
      return <Who actor={text.actor} target={text.target} {...props} />;
    case "what":
      return <What text={text} {...props} />;
    default: {
      const value = namedText(entry.event.json, ownColumn(name), reading.labels);
      return (
        <Visible
          class="own-text"
          title={titleText(value.title)}
          data-asked={askable(ownColumn(name), textOfColumn(entry.event, ownColumn(name)))}
          text={shorten(value.text, MAX_CELL_LENGTH)}
        />
      );
    }
  }
}

function What({ entry, text: { summary, labels }, isUnfolded }: CellProps & { readonly text: EventText }) {
  return (
    <>
      {summary.text !== "" && (
        <Visible
          class={isShort(summary.text) ? "summary" : "summary long"}
          title={summary.title === summary.text ? undefined : titleText(summary.title)}
          text={summary.text}
        />
      )}
      {labels.length > 0 && (
        <ul class="labels">
          {labels.map((label, at) => (
            <LabelItem key={at} label={label} />
          ))}
        </ul>
      )}
      {entry.repeats > 1 && (
        <button type="button" class="fold" aria-expanded={isUnfolded}>
          × {entry.repeats.toLocaleString()}
          <span class="visually-hidden"> the same in a row</span>
        </button>
      )}
    </>
  );
}

function isShort(summary: string): boolean {
  return summary.length <= SHORT_SUMMARY && !summary.includes("\n");
}

function Opener({ entry, isOpen }: CellProps) {
  return (
    <button
      type="button"
      class="opener"
      tabIndex={-1}
      aria-expanded={isOpen}
      aria-controls={isOpen ? "detail" : undefined}
      aria-label={`All columns of event ${entry.event.id}`}
    />
  );
}

interface WhoProps extends CellProps {
  readonly actor: NamedText;
  readonly target: NamedText;
}

function Who({ actor, target, entry: { event }, reading: { roles } }: WhoProps) {
  return (
    <>
      {actor.text !== "" && (
        <PanelLink
          class="actor"
          title={titleText(actor.title)}
          data-asked={askable(roles.actor, textOfColumn(event, roles.actor))}
          text={actor.text}
        />
      )}
      {target.text !== "" && (
        <>
          <span class="arrow" role="img" aria-label="to">
            →
          </span>
          <PanelLink
            class="target"
            title={titleText(target.title)}
            data-asked={askable(roles.target, textOfColumn(event, roles.target))}
            text={target.text}
          />
        </>
      )}
    </>
  );
}

function textOfColumn({ json }: LogEvent, column: string | undefined): string {
  return column === undefined ? "" : textOf(json[column]);
}

function LabelItem({ label: { key, value, failed, title, source } }: { readonly label: Label }) {
  return (
    <li
      class={failed ? "label failed" : "label"}
      title={titleText(title ?? (key === undefined ? value : `${key}: ${value}`))}
      data-asked={source === undefined ? undefined : askable(source.column, value, source.path)}
    >
      {key !== undefined && (
        <>
          <Visible class="key" text={key} />
          {": "}
        </>
      )}
      <Visible text={value} />
    </li>
  );
}

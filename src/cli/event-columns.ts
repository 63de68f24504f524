/** An event as one line of columns: its id, time, type, actor and target below each other, and then its words. */
import type { ColumnRole } from "../column-roles.ts";
import { readInstant } from "../columns/instant.ts";
import type { EventJson } from "../events.ts";
import { printable } from "../process/printable.ts";
import { colourOf, DIM, painted } from "./colours.ts";
import type { RowReading } from "./log-source.ts";

/** A column grows with what it has to hold, up to this: an id of 64 bits is never cut. In cells. */
const MAX_WIDTHS = { id: 20, time: 16, type: 20, actor: 16, target: 20 } as const;
type Column = keyof typeof MAX_WIDTHS;
const COLUMNS = ["id", "time", "type", "actor", "target"] as const satisfies readonly Column[];

/** Words beyond it are cut before they are looked at: a line of a terminal has no room for them. In UTF-16 units. */
const MAX_TEXT_LENGTH = 2000;

const GAP = "  ";
const CUT = "…";

export class EventColumns {
  readonly #reading: RowReading;
  readonly #widths: Record<Column, number>;

  /** @param before lines of it are above: the columns stay where they are */
  constructor(reading: RowReading, before?: EventColumns) {
    this.#reading = reading;
    this.#widths = before === undefined ? { id: 0, time: 12, type: 0, actor: 0, target: 0 } : before.#widths;
  }

  /** @param width of the terminal, in cells; the line has no more */
  line(event: EventJson, width: number, hasColours: boolean): string {
    const { roles } = this.#reading;
    const texts: Record<Column, string> = {
      id: this.#textOf(event, "id"),
      time: this.#timeOf(event),
      type: this.#textOf(event, "type"),
      actor: this.#textOf(event, "actor"),
      target: this.#textOf(event, "target"),
    };
    let line = "";
    let left = width;
    for (const column of COLUMNS) {
      if (roles[column] === undefined) continue;
      const text = cut(texts[column], Math.min(MAX_WIDTHS[column], left));
      const cells = Bun.stringWidth(text);
      this.#widths[column] = Math.max(this.#widths[column], cells);
      const padding = " ".repeat(Math.max(0, Math.min(this.#widths[column], left) - cells));
      const colour =
        column === "type"
          ? colourOf(texts.type)
          : column === "target" || column === "actor"
            ? undefined
            : DIM;
      // Numbers stand below each other by their last digit.
      const shown = painted(text, hasColours ? colour : undefined);
      const cell = column === "id" ? padding + shown : shown + padding;
      line += cell;
      left -= cells + padding.length;
      if (left <= GAP.length) return line;
      line += GAP;
      left -= GAP.length;
    }
    const summary = cut(this.#textOf(event, "summary"), left);
    line += summary;
    left -= Bun.stringWidth(summary);
    const rest = this.#restOf(event);
    if (rest === "" || left <= GAP.length * 2) return line.trimEnd();
    const gap = summary === "" ? "" : GAP;
    return line + gap + painted(cut(rest, left - gap.length), hasColours ? DIM : undefined);
  }

  #textOf(event: EventJson, role: ColumnRole): string {
    const column = this.#reading.roles[role]?.column;
    return column === undefined ? "" : this.#valueText(event, column);
  }

  #timeOf(event: EventJson): string {
    const { roles, timeZone } = this.#reading;
    const { time } = roles;
    if (time === undefined) return "";
    const ms = readInstant(event[time.column], time.form, timeZone);
    return ms === undefined ? this.#valueText(event, time.column) : localTime(ms);
  }

  /** The columns that play no role, but for the metadata, which comes last. */
  #restOf(event: EventJson): string {
    const { roles } = this.#reading;
    const shown = new Set(Object.values(roles).map(({ column }) => column));
    const metadata = roles.metadata?.column;
    const others = Object.keys(event).filter(
      (name) => !shown.has(name) && !name.startsWith("$") && event[name] !== null,
    );
    const parts = others.map((name) => `${visible(name)}=${this.#valueText(event, name)}`);
    if (metadata !== undefined && event[metadata] !== null && event[metadata] !== undefined)
      parts.push(this.#valueText(event, metadata));
    return parts.join(" ");
  }

  #valueText(event: EventJson, column: string): string {
    const value = event[column];
    if (value === null || value === undefined) {
      const truncated = event["$truncated"];
      return Array.isArray(truncated) && truncated.includes(column) ? "(too large)" : "";
    }
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const named = nameOf(event, column) ?? this.#reading.labels[column]?.[text] ?? text;
    return visible(named);
  }
}

/** The text of the row of another table that the value leads to. */
function nameOf(event: EventJson, column: string): string | undefined {
  const names = event["$names"];
  if (typeof names !== "object" || names === null) return undefined;
  const name: unknown = Object.entries(names).find(([key]) => key === column)?.[1];
  return typeof name === "string" ? name : undefined;
}

/** One line, in which nothing hides and which a terminal shows rather than obeys. */
function visible(text: string): string {
  const short = text.length > MAX_TEXT_LENGTH ? text.slice(0, MAX_TEXT_LENGTH) : text;
  return printable(
    short
      .replaceAll(/\r\n|\n/g, "⏎")
      .replaceAll("\t", " ")
      .toWellFormed(),
  );
}

/** @param width in cells */
function cut(text: string, width: number): string {
  if (Bun.stringWidth(text) <= width) return text;
  let cells = 0;
  let kept = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    cells += Bun.stringWidth(segment);
    if (cells > width - 1) break;
    kept += segment;
  }
  return width > 0 ? kept + CUT : "";
}

/** Of today the time is enough. */
function localTime(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const minutes = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (date.toDateString() !== new Date().toDateString()) return `${day} ${minutes}`;
  return `${minutes}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

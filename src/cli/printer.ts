/** Events as text: lines of JSON for programs, columns for people. */
import type { EventJson } from "../events.ts";
import { printable } from "../process/printable.ts";
import { EventColumns } from "./event-columns.ts";
import type { RowReading } from "./log-source.ts";
import type { Terminal } from "./terminal.ts";

export interface Printer {
  /** One line with its line break. @param json of the event, one line */
  line(json: string): string;
  /** How the columns are to be read from now on. */
  read(reading: RowReading): void;
}

/** @param terminal undefined where standard output is none */
export function createPrinter(json: boolean, terminal: Terminal | undefined): Printer {
  if (!json) return new ColumnPrinter(terminal);
  // JSON has no escape for what is no control of ASCII: a terminal gets it spelt out, and it means the same.
  return {
    line: terminal === undefined ? (text) => `${text}\n` : (text) => `${printable(text)}\n`,
    read: () => undefined,
  };
}

const PLAIN: RowReading = { roles: {}, timeZone: "UTC", labels: {} };

class ColumnPrinter implements Printer {
  readonly #terminal: Terminal | undefined;
  #columns = new EventColumns(PLAIN);

  constructor(terminal: Terminal | undefined) {
    this.#terminal = terminal;
  }

  read(reading: RowReading): void {
    this.#columns = new EventColumns(reading, this.#columns);
  }

  line(json: string): string {
    const event: EventJson = JSON.parse(json);
    const { width = () => 80, hasColours = false } = this.#terminal ?? {};
    return `${this.#columns.line(event, width(), hasColours)}\n`;
  }
}

/** A row of a panel, and what of it the panel shows. */
import type { NamedText } from "../event/names.ts";
import { nameOf } from "../event/names.ts";
import { isRecord, textOf } from "../text/text.ts";
import type { PanelTable, RowJson } from "./contract.ts";

export interface PanelRow {
  /** Unique in its table. */
  readonly key: string;
  readonly json: RowJson;
}

/** The columns that a panel has room for; the others are behind the row. */
export interface Layout {
  /** What a person calls the row. */
  readonly name: string;
  readonly status: string | undefined;
  /** Who or what the row leads to. */
  readonly reference: string | undefined;
  readonly times: readonly string[];
  /** The one of the times that is a sign of life. */
  readonly lastSeen: string | undefined;
}

/** More of them would make a panel as wide as the page. */
const MAX_TIMES = 1;

/** A time that tells of the record: a thing that nobody has to do with is not silent. */
const RECORD_TIME = /updat|modif|chang/i;

export const MASKED = "•••• masked";

/** @throws TypeError where the row says nothing that tells it from the others */
export function readRow(json: RowJson): PanelRow {
  const key = json["$key"];
  if (key === undefined || key === null) throw new TypeError("reading a row of a table: it has no $key");
  return { key: textOf(key), json };
}

export function describeTable({ columns, key }: PanelTable): Layout {
  const shown = columns.filter(({ isSecret }) => !isSecret);
  const named = (role: string) => shown.find((column) => column.role === role)?.name;
  const lastSeen = named("last-seen");
  const times = shown.filter(({ role }) => role === "last-seen" || role === "time").map(({ name }) => name);
  return {
    name: named("name") ?? key[0] ?? columns[0]?.name ?? "",
    status: named("status"),
    reference: shown.find(({ references }) => references !== null)?.name,
    times: (lastSeen === undefined ? times : [lastSeen]).slice(0, MAX_TIMES),
    lastSeen: lastSeen === undefined || RECORD_TIME.test(lastSeen) ? undefined : lastSeen,
  };
}

/** A value as it is read: by its name where it is a reference. */
export function describeValue(json: RowJson, column: string): string {
  return nameOf(json, column, {}) ?? storedText(json[column]);
}

/** The same with what is stored, for a title. */
export function namedValue(json: RowJson, column: string): NamedText {
  const [text, stored] = [describeValue(json, column), storedText(json[column])];
  return { text, title: text === stored ? text : `${text} (${column}: ${stored})` };
}

/** The text of a row's name; its key where it has none. */
export function rowName({ key, json }: PanelRow, { name }: Layout): string {
  const text = describeValue(json, name);
  return text === "" ? key : text;
}

export function storedText(value: unknown): string {
  return isMasked(value) ? MASKED : textOf(value);
}

export function isMasked(value: unknown): boolean {
  return isRecord(value) && value["$masked"] === true;
}

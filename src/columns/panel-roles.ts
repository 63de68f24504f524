/** Decides what the columns of a table beside the log are to a reader, and whether it looks like state. */
import type { TimeForm } from "../column-roles.ts";
import type { PanelRole } from "../panels.ts";
import { timeNameScore } from "./role-names.ts";
import { type SampledColumn, type Traits, traitsOf } from "./sample.ts";

/** A table with more rows is no state by its size alone. */
export const STATE_ROWS = 500;

/** Values that a status has at most: more are no tabs. */
const MOST_STATES = 20;

/** A column that is not named like a status is one where so few values are shared by at least so many rows. */
const FEW_STATES = 8;
const FEWEST_ROWS = 12;

/** In characters. */
const LONGEST_STATE = 40;
const LONGEST_NAME = 200;

/** The likeliest first. */
const NAMES = [
  /^(?:name|title|label)$/,
  /^(?:display_?name|full_?name|friendly_name|job_name|task_name)$/,
  /_(?:name|title|label)$/,
  /^(?:user_?name|login|email|slug|subject|summary)$/,
  /^(?:host_?name|domain|path|file_?name|url|description|command|cron|message)$/,
];

const STATUS = [
  /^(?:status|state|phase)$/,
  /(?<!old|prev|previous|from)_(?:status|state|phase)$/,
  /^(?:stage|outcome|health|availability)$/,
];

/** The surest first: when somebody was heard of, before when the row was written. */
const LAST_SEEN = [
  /(?:^|_)(?:seen|heartbeat|alive|active|activity|ping(?:ed)?|contact)(?:_|$)/,
  /(?:^|_)(?:update[ds]?|modified|changed?|touched|refreshed|synced)(?:_|$)/,
  /(?:^|_)last(?:_|$)/,
];

/** Tables in which tools keep what they have done to the database. */
const BOOKKEEPING =
  /^_|^(?:schema_)?migrations?$|_migrations?(?:_lock)?$|^(?:alembic_version|goose_db_version|flyway_schema_history|schema_version|schema_info|ar_internal_metadata|knex_\w+|databasechangelog\w*)$/i;

export interface PanelQuestion {
  readonly name: string;
  /** The columns of the key. */
  readonly key: readonly string[];
  /** Of the newest rows. Columns whose values may not be looked at are left out. */
  readonly columns: readonly SampledColumn[];
  /** Columns that lead to another table. */
  readonly references: ReadonlySet<string>;
  /** How many rows the table has, counted up to a limit above `STATE_ROWS`. */
  readonly rows: number;
  readonly nowMs?: number;
}

export interface PanelReading {
  readonly roles: ReadonlyMap<string, PanelRole>;
  readonly times: ReadonlyMap<string, TimeForm>;
  readonly isOpen: boolean;
}

export function readPanel(question: PanelQuestion): PanelReading {
  const { key, references, rows, nowMs = Date.now() } = question;
  const traits = question.columns.map((column) => traitsOf(column, nowMs));
  const roles = new Map<string, PanelRole>(key.map((name) => [name, "key"]));
  const free = (): Traits[] => traits.filter(({ name }) => !roles.has(name));

  const times = free().filter(isTime);
  const lastSeen = firstNamed(times, LAST_SEEN);
  for (const { name } of times) roles.set(name, name === lastSeen?.name ? "last-seen" : "time");
  const named = firstNamed(free().filter(canBeStatus), STATUS);
  const status = named ?? free().find((column) => !references.has(column.name) && isEnumeration(column));
  if (status !== undefined) roles.set(status.name, "status");
  const telling = free().filter((column) => !references.has(column.name) && canBeName(column));
  const name = firstNamed(telling, NAMES) ?? mostDistinct(telling);
  if (name !== undefined) roles.set(name.name, "name");

  return {
    roles,
    times: new Map(
      traits.flatMap(({ name: column, time }) => (time === undefined ? [] : [[column, time.form]])),
    ),
    isOpen: !BOOKKEEPING.test(question.name) && (named !== undefined || (rows > 0 && rows <= STATE_ROWS)),
  };
}

/** By its values; while there are none, by a name that speaks of nothing else. */
function isTime({ snake, kind, time, rows }: Traits): boolean {
  const isNamed = timeNameScore(snake) > 0;
  if (time !== undefined)
    return isNamed || (time.form === "text" && rows > 1) || LAST_SEEN.some((names) => names.test(snake));
  return kind === "empty" && /_(?:at|time|ts|date|on)$|^(?:timestamp|last_seen|heartbeat)$/.test(snake);
}

function canBeStatus({ kind, longest, distinct, meanWords }: Traits): boolean {
  return (
    (kind === "text" || kind === "number" || kind === "empty") &&
    longest <= LONGEST_STATE &&
    distinct <= MOST_STATES &&
    meanWords <= 3
  );
}

/** A few words, each in many rows. */
function isEnumeration({ kind, rows, distinct, longest, meanWords, filled, snake }: Traits): boolean {
  return (
    kind === "text" &&
    rows >= FEWEST_ROWS &&
    distinct >= 2 &&
    distinct <= Math.min(FEW_STATES, rows / 4) &&
    filled > 0.9 &&
    longest <= LONGEST_STATE &&
    meanWords <= 2 &&
    !/(?:^|_)(?:id|name|title|by|zone|locale|lang|language|country|currency|version|model)$/.test(snake)
  );
}

function canBeName({ kind, longest, distinct, rows, snake, meanLength }: Traits): boolean {
  if (kind === "empty") return NAMES.some((names) => names.test(snake));
  return kind === "text" && longest <= LONGEST_NAME && meanLength > 0 && (distinct > 1 || rows < FEWEST_ROWS);
}

/** The one that is named most surely. */
function firstNamed(columns: readonly Traits[], order: readonly RegExp[]): Traits | undefined {
  for (const names of order) {
    const found = columns.find(({ snake }) => names.test(snake));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A text that differs from row to row tells the rows apart. */
function mostDistinct(columns: readonly Traits[]): Traits | undefined {
  const telling = columns.filter(({ distinct, rows }) => distinct > rows / 2);
  return telling.toSorted((a, b) => b.distinct - a.distinct)[0];
}

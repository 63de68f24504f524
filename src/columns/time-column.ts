/** Which column says when a row came to be. */
import type { RoleReading, TimeForm } from "../column-roles.ts";
import { SURE_TIME_NAME, timeNameScore } from "./role-names.ts";
import { ENOUGH_ROWS, NEARLY_ALL, type Traits } from "./sample.ts";

/** A column that had a role is preferred to one that is hardly better. */
export const HAD_IT = 15;

/** A time is in every row, and rises with the key: what speaks for a column at most besides its name. */
const FILLED_BONUS = 40;
const RISING_BONUS = 20;

/** A column of times without a name stands between those that are named for creation and for later. */
const UNNAMED_TIME = 45;

/** Forms in which a key is no other number. */
const FORMS_OF_KEYS: readonly TimeForm[] = ["epoch-ms", "epoch-us"];

/** Forms in which many a number is a time by accident. */
const FORMS_THAT_NEED_A_NAME: readonly TimeForm[] = ["compact", "julian", "mac-s"];

/**
 * @param key of the table: some programs number their rows by the time
 * @param had the column that was found before
 * @returns the column that says when a row came to be; undefined where there is none
 */
export function findTime(
  columns: readonly Traits[],
  key: Traits,
  had: string | undefined,
): RoleReading | undefined {
  return findByValues(columns, had) ?? timeInKey(key) ?? findByName(columns);
}

function findByValues(columns: readonly Traits[], had: string | undefined): RoleReading | undefined {
  const [best] = columns
    .map((traits) => ({ traits, score: timeScore(traits) }))
    .filter(({ score }) => score > 0)
    .map(({ traits, score }) => ({ traits, score: score + (traits.name === had ? HAD_IT : 0) }))
    .toSorted((a, b) => b.score - a.score);
  const form = best?.traits.time?.form;
  if (best === undefined || form === undefined) return undefined;
  const named = timeNameScore(best.traits.snake) > 0 ? "named like a time" : "not named like a time";
  return { column: best.traits.name, form, why: `${named}; its values are times (${form})` };
}

/** Seconds, and the bits of other ids, look like other numbers. */
function timeInKey({ name, time, rows }: Traits): RoleReading | undefined {
  if (rows < ENOUGH_ROWS || time === undefined || !FORMS_OF_KEYS.includes(time.form)) return undefined;
  return { column: name, form: time.form, why: `the key itself is a time (${time.form})` };
}

/** Nothing can be read as a time. What is called so beyond doubt is shown as it stands. */
function findByName(columns: readonly Traits[]): RoleReading | undefined {
  const [best] = columns
    .filter(
      ({ snake, kind, isEmpty }) =>
        timeNameScore(snake) >= SURE_TIME_NAME && !isEmpty && kind !== "json" && kind !== "blob",
    )
    .toSorted((a, b) => timeNameScore(b.snake) - timeNameScore(a.snake));
  if (best === undefined) return undefined;
  const why = best.kind === "empty" ? "there is no value yet" : "no value of it can be read as one";
  return { column: best.name, why: `named like a time; ${why}` };
}

function timeScore({ snake, time, rows, filled, hasFractions, isConstant }: Traits): number {
  if (time === undefined) return 0;
  const name = timeNameScore(snake);
  if (name === 0) {
    // Numbers that grow may count something else: only what is a time beyond doubt needs no name.
    if (rows < ENOUGH_ROWS && time.form !== "text") return 0;
    if (time.rising < NEARLY_ALL || isConstant || time.distinct < 2) return 0;
    if (FORMS_THAT_NEED_A_NAME.includes(time.form) && !hasFractions) return 0;
  }
  return (name === 0 ? UNNAMED_TIME : name) + FILLED_BONUS * filled + RISING_BONUS * time.rising;
}

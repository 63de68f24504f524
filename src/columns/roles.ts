/** Decides which column plays which role: by its name first, then by its values. Why so: docs/tables.md */
import type { ColumnRole, RoleReading, TimeForm } from "../column-roles.ts";
import { documentedReading, isDocumented } from "./documented.ts";
import { type NamedRole, nameScore, SURE_NAME, timeNameScore } from "./role-names.ts";
import { NEARLY_ALL, type SampledColumn, type Traits, traitsOf } from "./sample.ts";
import { findTime, HAD_IT } from "./time-column.ts";

export type RoleReadings = Partial<Record<ColumnRole, RoleReading>>;

/** The roles that an operator can give; the key is found by itself. */
export const GIVABLE_ROLES = ["time", "type", "actor", "target", "summary", "metadata"] as const;

/** What the operator has said: a column, or null for none. */
export type GivenRoles = Partial<
  Record<(typeof GIVABLE_ROLES)[number], { readonly column: string | null; readonly form?: TimeForm }>
>;

export interface RoleQuestion {
  readonly key: string;
  /** The values of the key: it may be the time itself. */
  readonly keyValues?: SampledColumn["values"];
  readonly columns: readonly SampledColumn[];
  readonly given: GivenRoles;
  /** What was found in a sample before, so that a column which is empty for a while keeps its role. */
  readonly before: RoleReadings | undefined;
  readonly nowMs?: number;
}

/** A column that has a value in every row tells more than one that has it now and then: at most by so much. */
const FILLED_BONUS = 6;

/** What a score counts that is no name's. */
const SENTENCES_IN_NAME = 93;
const ANY_DOCUMENT = 30;

/** A number under `type_id` is a type, but only where nothing else is. */
const CODE_PENALTY = 45;
const CODE_NAME = /(?:^|_)(?:type|kind|status|action|level)_id$/;

/** From this score on a column that has no value yet may be the metadata: many other names of it are vague. */
const SURE_METADATA = 90;

/** Texts that are filled in less than this share of the rows are no summary by their values alone. */
const FEW_SENTENCES = 0.3;

/** In characters. Where usual texts are longer, they are no types, and no names of somebody. */
const LONGEST_TYPE = 80;
const LONGEST_NAME = 128;

/** A column whose rows nearly all differ is no type, from this many rows on. */
const MANY_ROWS = 20;

/** A name that means a type even where nearly every row has another one. */
const SURE_EVEN_IF_UNIQUE = 88;

/** A text of so many words is a sentence. */
const SENTENCE_WORDS = 3;
/** And so many in a column that is called `name`. */
const NAME_WORDS = 2.5;

const IN_WORDS: Readonly<Record<NamedRole, string>> = {
  type: "a type",
  actor: "an actor",
  target: "a target",
  summary: "a summary",
  metadata: "metadata",
};

export function decideRoles(question: RoleQuestion): RoleReadings {
  const { key, given, before, nowMs = Date.now() } = question;
  const columns = question.columns.map((column) => traitsOf(column, nowMs));
  const roles: RoleReadings = { id: { column: key, why: "the integer key of the table" } };
  const free = new Map(columns.map((traits) => [traits.name, traits]));

  for (const role of GIVABLE_ROLES) {
    const { column = null, form } = given[role] ?? {};
    const traits = column === null ? undefined : findColumn(free, column);
    if (traits === undefined) continue;
    free.delete(traits.name);
    const timeForm = role === "time" ? (form ?? traits.time?.form) : undefined;
    roles[role] = {
      column: traits.name,
      ...(timeForm === undefined ? {} : { form: timeForm }),
      why: "named by --columns",
    };
  }
  const isOpen = (role: NamedRole | "time"): boolean =>
    roles[role] === undefined && given[role]?.column !== null;
  const give = (role: NamedRole | "time", found: RoleReading | undefined): void => {
    if (found === undefined) return;
    roles[role] = found;
    free.delete(found.column);
  };

  // Its names are a promise to the programs that write it, so that links and views outlive any row.
  if (isDocumented(columns.map(({ name }) => name)))
    for (const role of GIVABLE_ROLES) {
      const reading = documentedReading(role);
      const traits = free.get(reading.column);
      if (!isOpen(role) || traits === undefined) continue;
      const form = role === "time" ? (traits.time?.form ?? before?.time?.form ?? "text") : undefined;
      give(role, form === undefined ? reading : { ...reading, form });
    }
  if (isOpen("time")) {
    const keyTraits = traitsOf({ name: key, values: question.keyValues ?? [] }, nowMs);
    give("time", findTime([...free.values()], keyTraits, before?.time?.column));
  }
  // A second time is nobody's name and no summary.
  for (const { name, time, snake } of columns)
    if (time !== undefined && timeNameScore(snake) > 0) free.delete(name);
  for (const role of ["type", "metadata", "actor", "target", "summary"] as const)
    if (isOpen(role)) give(role, findNamed(role, [...free.values()], before?.[role]?.column));
  if (isOpen("summary")) give("summary", findSentences([...free.values()]));
  return roles;
}

/** By its name, and in any case where no other has it. */
export function findColumn<T>(columns: ReadonlyMap<string, T>, name: string): T | undefined {
  const exact = columns.get(name);
  if (exact !== undefined) return exact;
  return columns.entries().find(([column]) => column.toLowerCase() === name.toLowerCase())?.[1];
}

function findNamed(
  role: NamedRole,
  columns: readonly Traits[],
  had: string | undefined,
): RoleReading | undefined {
  const scored = columns
    .map((traits) => ({ traits, score: roleScore(role, traits) }))
    .filter(({ traits, score }) => score > 0 && canPlay(role, traits, score, traits.name === had))
    .map(({ traits, score }) => ({
      traits,
      score: score + FILLED_BONUS * traits.filled + (traits.name === had ? HAD_IT : 0),
    }))
    .toSorted((a, b) => b.score - a.score);
  const best = scored[0]?.traits;
  if (best === undefined) return undefined;
  const named = IN_WORDS[role];
  const byReference = best.referencedSnake !== undefined && nameScore(role, best.snake) === 0;
  return {
    column: best.name,
    why: byReference ? `what it references is named like ${named}` : whyNamed(role, best, named),
  };
}

function whyNamed(role: NamedRole, { snake, kind }: Traits, named: string): string {
  return role === "metadata" && nameScore(role, snake) === 0
    ? "it holds JSON"
    : `named like ${named}${kind === "empty" ? "; it has no value yet" : ""}`;
}

function roleScore(role: NamedRole, { snake, referencedSnake, kind, meanWords }: Traits): number {
  // A sentence in `name` is the summary, and not what kind of row it is.
  if (snake === "name" && kind === "text" && meanWords >= NAME_WORDS)
    return role === "summary" ? SENTENCES_IN_NAME : 0;
  const own = nameScore(role, snake);
  if (own > 0) return own;
  if (referencedSnake !== undefined)
    return Math.max(nameScore(role, referencedSnake), nameScore(role, withoutId(snake))) - 1;
  if (role === "type" && kind === "number" && CODE_NAME.test(snake))
    return Math.max(0, nameScore(role, withoutId(snake)) - CODE_PENALTY);
  // Any document tells more than none.
  return role === "metadata" && kind === "json" ? ANY_DOCUMENT : 0;
}

const withoutId = (snake: string): string => snake.replace(/_(?:id|fk|ref)$/, "");

/** Whether the values of a column can be what its name says. */
function canPlay(role: NamedRole, traits: Traits, score: number, hadIt: boolean): boolean {
  const { kind, rows, snake, referencedSnake, isEmpty, isConstant, distinct, filled, longest } = traits;
  const { meanLength, meanWords, hasFractions } = traits;
  if (isEmpty) return hadIt;
  if (kind === "empty") return score >= (role === "metadata" ? SURE_METADATA : SURE_NAME);
  if (kind === "blob") return false;
  if (role === "metadata") return kind === "json" && (!isConstant || meanLength > 2);
  if (kind === "json") return false;
  // A number that never changes says nothing: most such columns are not used.
  if (isConstant && !hadIt && (kind === "number" || score < SURE_NAME)) return false;
  if (role === "summary") return kind === "text";
  if (kind === "number" && hasFractions) return false;
  // A number names somebody or something only where it is a key.
  if (
    kind === "number" &&
    role === "target" &&
    !/(?:^|_)(?:id|pk|key|number|no)$/.test(snake) &&
    referencedSnake === undefined
  )
    return false;
  if (role !== "type") return longest <= LONGEST_NAME;
  if (longest > LONGEST_TYPE || meanWords > SENTENCE_WORDS) return false;
  // Where nearly every row has another value, it is no kind of row.
  const isUnique = distinct >= MANY_ROWS && distinct > NEARLY_ALL * filled * rows;
  return !isUnique || score >= SURE_EVEN_IF_UNIQUE;
}

/** A column of sentences is the summary, whatever its name. */
function findSentences(columns: readonly Traits[]): RoleReading | undefined {
  const [best] = columns
    .filter(
      ({ kind, meanWords, filled, snake }) =>
        kind === "text" &&
        meanWords >= SENTENCE_WORDS &&
        filled >= FEW_SENTENCES &&
        !/user_agent|(?:^|_)ua$/.test(snake),
    )
    .toSorted((a, b) => b.meanWords * b.filled - a.meanWords * a.filled);
  return best === undefined ? undefined : { column: best.name, why: "it holds sentences" };
}

/** Query parameters, checked: a mistake is told, never guessed around. */
import type { EventId } from "../events.ts";
import { readTime, TIME_EXAMPLES } from "../query/time-literal.ts";
import { parseId } from "../rows/event-id.ts";
import { HttpProblem } from "./problem.ts";

export class Parameters {
  readonly #values: URLSearchParams;

  /** @throws HttpProblem for a parameter that does not exist, or that is given twice */
  constructor(values: URLSearchParams, known: readonly string[]) {
    this.#values = values;
    for (const name of new Set(values.keys())) {
      if (!known.includes(name)) {
        throw badParameter(
          `There is no parameter ${JSON.stringify(name)}: the parameters are ${known.join(", ")}.`,
        );
      }
      if (values.getAll(name).length > 1)
        throw badParameter(`The parameter ${name} is given more than once: give it once.`, name);
    }
  }

  /** For a route that has none. @throws HttpProblem for any parameter */
  static none(values: URLSearchParams): void {
    if (values.size > 0) throw badParameter("There are no parameters here: leave them out.");
  }

  /** An empty value counts as left out. */
  text(name: string): string | undefined {
    const text = this.#values.get(name);
    return text === null || text === "" ? undefined : text;
  }

  /** @throws HttpProblem */
  id(name: string): EventId | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const id = parseId(text);
    if (id === undefined) throw badValue(name, text, "an event id: a decimal integer of 64 bits");
    return id;
  }

  /** @throws HttpProblem */
  wholeNumber(name: string, fallback: number, min: number, max: number): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw badValue(name, text, `a whole number from ${min} to ${max}`);
    return value;
  }

  /**
   * The instant at which a time begins, in ms since 1970.
   * @param zone of a time that names none
   * @throws HttpProblem
   */
  instant(name: string, zone: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const time = readTime(text, zone);
    if (time === undefined) throw badValue(name, text, `a time: ${TIME_EXAMPLES}`);
    return time.kind === "ago" ? Date.now() - time.ms : time.fromMs;
  }

  /** A length of time such as `15m`, in ms. @throws HttpProblem */
  duration(name: string, fallback: string, minMs: number, maxMs: number): number {
    const text = this.text(name) ?? fallback;
    const time = readTime(text, "UTC");
    const ms = time?.kind === "ago" ? time.ms : Number.NaN;
    if (!(ms >= minMs && ms <= maxMs))
      throw badValue(
        name,
        text,
        `a length of time from ${minMs / 1000}s to ${maxMs / 86_400_000}d, such as 10s, 15m, 2h or 3d`,
      );
    return ms;
  }

  /** One of some words. @throws HttpProblem */
  word<Word extends string>(name: string, words: readonly Word[], fallback: Word): Word {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const word = words.find((other) => other === text);
    if (word === undefined) throw badValue(name, text, words.join(" or "));
    return word;
  }

  /** Two parameters that can't stand together. */
  contradiction(name: string, others: string, why: string): HttpProblem {
    return badParameter(`The parameter ${name} can't stand beside ${others}: ${why}. Leave one out.`, name);
  }
}

function badValue(name: string, text: string, allowed: string): HttpProblem {
  return badParameter(`The parameter ${name} is ${JSON.stringify(text)}, but takes ${allowed}.`, name);
}

/** @param parameter which one is wrong; undefined where there is no such parameter */
function badParameter(detail: string, parameter?: string): HttpProblem {
  const more = parameter === undefined ? {} : { more: { parameter } };
  return new HttpProblem({ status: 400, title: "Bad parameter", detail, ...more });
}

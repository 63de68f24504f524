/** Pieces of SQL with what is bound to them. What is no piece can only become a bound value, never SQL. */

import type { Operator } from "../question.ts";

export type SqlValue = string | number | bigint | Uint8Array | null;

/** A bound value, or one that depends on the time at which the statement runs, in ms since 1970. */
export type Binding = SqlValue | ((nowMs: number) => SqlValue);

export class Sql {
  readonly text: string;
  readonly values: readonly Binding[];

  /** @param text trusted: made by this code, with names quoted by `nameSql` */
  constructor(text: string, values: readonly Binding[] = []) {
    this.text = text;
    this.values = values;
  }

  /** What is bound, in the order of the question marks. */
  bind(nowMs: number): SqlValue[] {
    return this.values.map((value) => (typeof value === "function" ? value(nowMs) : value));
  }

  /** Whether the values are others at another time. */
  get isRelative(): boolean {
    return this.values.some((value) => typeof value === "function");
  }
}

/** A template: pieces are put in, and everything else is bound. */
export function sql(strings: TemplateStringsArray, ...parts: readonly (Sql | Binding)[]): Sql {
  const values: Binding[] = [];
  let text = strings[0] ?? "";
  for (const [index, part] of parts.entries()) {
    if (part instanceof Sql) {
      text += part.text;
      values.push(...part.values);
    } else {
      text += "?";
      values.push(part);
    }
    text += strings[index + 1] ?? "";
  }
  return new Sql(text, values);
}

export function joinSql(parts: readonly Sql[], separator: " AND " | " OR " | ", " | ` ${Operator} `): Sql {
  return new Sql(
    parts.map((part) => part.text).join(separator),
    parts.flatMap((part) => part.values),
  );
}

/** All of them, or true where there are none. */
export function allOf(parts: readonly Sql[]): Sql {
  return parts.length === 0 ? sql`TRUE` : sql`(${joinSql(parts, " AND ")})`;
}

/** One of them, or false where there are none. */
export function anyOf(parts: readonly Sql[]): Sql {
  return parts.length === 0 ? sql`FALSE` : sql`(${joinSql(parts, " OR ")})`;
}

export function nameSql(name: string): Sql {
  return new Sql(`"${name.replaceAll('"', '""')}"`);
}

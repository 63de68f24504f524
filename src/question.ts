/** A question as a tree: what `?q=` says, whatever table it is put to. Imports nothing. Its language: docs/query.md */

/** All terms must hold. Without a term every row is an answer. */
export interface Question {
  readonly terms: readonly Term[];
}

export type Term = TextTerm | FieldTerm | BoundTerm;

interface TermBase {
  /** The rows for which the term does not hold are meant. */
  readonly isNegated: boolean;
  /** Where the term begins in the text of the question, in UTF-16 units from 0. */
  readonly at: number;
}

/** The pieces of a text between its stars, each of which stands for any text: `a*b` is `["a", "b"]`. */
export type Pattern = readonly string[];

/** A word or phrase that is found in any text of the row. */
export interface TextTerm extends TermBase {
  readonly kind: "text";
  readonly text: Pattern;
}

/** `field:value` */
export interface FieldTerm extends TermBase {
  readonly kind: "field";
  readonly field: FieldPath;
  readonly test: FieldTest;
}

/** `since:` and `until:`, of the time of the row. */
export interface BoundTerm extends TermBase {
  readonly kind: "bound";
  readonly side: "since" | "until";
  readonly time: string;
}

/** A role or a column, and the way into its JSON: names of members, and places in arrays. */
export interface FieldPath {
  readonly path: readonly [name: string, ...rest: (string | number)[]];
  /** The name was quoted: it is that of a column, also where a role has the same name. */
  readonly isColumn: boolean;
}

export type Operator = ">" | ">=" | "<" | "<=";

export type FieldTest =
  /** One of these. `[""]` is the empty text, and NULL. */
  | { readonly kind: "any"; readonly values: readonly Pattern[] }
  | { readonly kind: "compare"; readonly operator: Operator; readonly value: string }
  /** Both ends belong to it; one may be left open. */
  | { readonly kind: "range"; readonly from: string | undefined; readonly to: string | undefined };

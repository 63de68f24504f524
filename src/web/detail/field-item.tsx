import { useMemo } from "preact/hooks";

import { copyOf } from "../copy.ts";
import { Visible } from "../views/visible.tsx";
import { type Choices, choose, useChoice } from "./choices.ts";
import type { Field } from "./fields.ts";
import { JsonTree } from "./json-tree.tsx";
import { LongText } from "./long-text.tsx";
import type { Rest } from "./opened.ts";
import { type Ask, ValueActions } from "./value-actions.tsx";

/** A longer value takes the browser a second to lay out. In characters. */
const MAX_SHOWN_LENGTH = 100_000;

/** It may be higher than its place. */
const LONG = /^[\s\S]{400}|(?:\n[^\n]*){8}/;

interface Props {
  readonly field: Field;
  readonly rest: Rest;
  readonly choices: Choices;
  readonly ask: Ask;
}

/** One column: what it is called, why, and its value. */
export function FieldItem({ field, rest, choices, ask }: Props) {
  const { column, role, why, text, value, note, isTree, isMissing, isAskable } = field;
  const isRaw = useChoice(choices, "raw", [column], 0).value === 1;
  return (
    <div class="field">
      <dt>
        <Visible text={column} />
        {role !== undefined && (
          <span class="role" title={why}>
            {role}
          </span>
        )}
      </dt>
      {!isMissing && (
        <dd class="field-end">
          {isTree && (
            <button
              type="button"
              class="raw"
              aria-pressed={isRaw}
              onClick={() => choose(choices, "raw", [column], Number(!isRaw))}
            >
              Raw<span class="visually-hidden"> {column}</span>
            </button>
          )}
          <ValueActions
            what={column}
            value={copyOf(value)}
            asked={isAskable ? { column, path: [], text } : undefined}
            ask={ask}
          />
        </dd>
      )}
      <dd class="field-value">
        <Value field={field} rest={rest} choices={choices} ask={ask} isRaw={isRaw} />
        {note !== undefined && (
          <p class="note">
            <Visible text={note} />
          </p>
        )}
      </dd>
    </div>
  );
}

function Value({ field, rest, choices, ask, isRaw }: Props & { readonly isRaw: boolean }) {
  const { column, value, text, isTree, isMissing } = field;
  const isLong = useMemo(() => LONG.test(text), [text]);
  if (isMissing) return <p class="nothing">{typeof rest === "object" ? rest.why : "Loading …"}</p>;
  if (value === null) return <p class="nothing">NULL</p>;
  if (text === "") return <p class="nothing">empty text</p>;
  if (isTree && !isRaw) return <JsonTree text={text} column={column} choices={choices} ask={ask} />;
  return (
    // What may scroll has to be reached by the keyboard.
    <div class="value" tabIndex={isLong ? 0 : undefined}>
      <LongText text={text} limit={MAX_SHOWN_LENGTH} />
    </div>
  );
}

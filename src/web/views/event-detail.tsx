import { useEffect, useState } from "preact/hooks";

import { fetchEvent, Unreachable } from "../api.ts";
import { copyOf, rowAsLine } from "../copy.ts";
import { type Field, fieldsOf } from "../detail.ts";
import type { LogEvent } from "../event.ts";
import { truncatedColumns } from "../names.ts";
import type { Reading } from "../reading.ts";
import { shorten } from "../text.ts";
import { CopyButton } from "./copy-button.tsx";
import { Visible } from "./visible.tsx";

/** A longer value takes the browser a second to lay out, so it is shown on request. In characters. */
const MAX_SHOWN_LENGTH = 100_000;

/** It may be higher than its place. */
const LONG = /^[\s\S]{400}|(?:\n[^\n]*){8}/;

interface Props {
  readonly event: LogEvent;
  readonly reading: Reading;
}

/** All columns of a row, whole. */
export function EventDetail({ event, reading }: Props) {
  const { json, failure } = useWhole(event);
  const fields = fieldsOf(json, reading);
  return (
    <div class="detail-body">
      <dl class="fields">
        {fields.map((field) => (
          <FieldItem key={field.column} field={field} failure={failure} />
        ))}
      </dl>
      <CopyButton
        label="Copy row"
        disabled={fields.some(({ isMissing }) => isMissing)}
        text={() => rowAsLine(fields.map(({ value }) => value))}
      />
    </div>
  );
}

interface Whole {
  readonly event: LogEvent;
  readonly json: LogEvent["json"];
  readonly failure: string | undefined;
}

/** The event with the values that were too large for the list, as soon as they are there. */
function useWhole(event: LogEvent): Whole {
  const [whole, setWhole] = useState<Whole | undefined>(undefined);
  useEffect(() => {
    if (truncatedColumns(event.json).length === 0) return undefined;
    let isWanted = true;
    const load = async () => {
      const { json, failure } = await loadWhole(event);
      if (isWanted) setWhole({ event, json, failure });
    };
    void load();
    return () => {
      isWanted = false;
    };
  }, [event]);
  return whole?.event === event ? whole : { event, json: event.json, failure: undefined };
}

async function loadWhole(event: LogEvent): Promise<Omit<Whole, "event">> {
  try {
    const loaded = await fetchEvent(event.id);
    // What the list says about the row, and the row alone does not.
    return { json: { $names: event.json["$names"], ...loaded }, failure: undefined };
  } catch (error) {
    if (error instanceof Unreachable)
      return { json: event.json, failure: "It can’t be loaded: the server can’t be reached." };
    return { json: event.json, failure: error instanceof Error ? error.message : String(error) };
  }
}

function FieldItem({ field, failure }: { readonly field: Field; readonly failure: string | undefined }) {
  const { column, role, why, value, note, isMissing } = field;
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
      <dd>
        {isMissing ? <p class="nothing">{failure ?? "Loading …"}</p> : <FieldValue field={field} />}
        {note !== undefined && (
          <p class="note">
            <Visible text={note} />
          </p>
        )}
      </dd>
      {!isMissing && value !== null && (
        <dd class="field-end">
          <CopyButton label="Copy" what={column} text={() => copyOf(value)} />
        </dd>
      )}
    </div>
  );
}

function FieldValue({ field: { value, text } }: { readonly field: Field }) {
  const [isWhole, setWhole] = useState(false);
  if (value === null) return <p class="nothing">NULL</p>;
  if (text === "") return <p class="nothing">empty text</p>;
  const isCut = !isWhole && text.length > MAX_SHOWN_LENGTH;
  return (
    <>
      {/* What may scroll has to be reached by the keyboard. */}
      <div class="value" tabIndex={LONG.test(text) ? 0 : undefined}>
        <Visible text={isCut ? shorten(text, MAX_SHOWN_LENGTH) : text} />
      </div>
      {isCut && (
        <button type="button" class="show-all" onClick={() => setWhole(true)}>
          Show all {text.length.toLocaleString()} characters
        </button>
      )}
    </>
  );
}

import type { ReadonlySignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { truncatedColumns } from "../event/names.ts";
import type { State } from "../state.ts";
import { StoryBody } from "../story/story-body.tsx";
import type { Story } from "../story/story.ts";
import { prettyJson } from "../text/pretty-json.ts";
import { Pane } from "../views/pane.tsx";
import { Visible } from "../views/visible.tsx";
import { AgoTime } from "./ago-time.tsx";
import type { PanelColumn, PanelTable, RowJson } from "./contract.ts";
import { StatusBadge } from "./panel-row-view.tsx";
import { describeTable, describeValue, isMasked, MASKED, rowName, storedText } from "./panel-row.ts";
import type { Panels } from "./panels.ts";
import type { OpenRow } from "./row-reader.ts";

interface Props {
  readonly state: State;
  readonly panels: Panels;
  readonly table: PanelTable;
  /** Of the row. */
  readonly target: string;
  readonly story: Story;
  readonly tick: ReadonlySignal<number>;
}

/** A row beside the list: all its columns, and below them the story of its key. */
export function RowPane({ state, panels, table, target, story, tick }: Props) {
  const { row } = panels;
  useEffect(() => {
    row.open(table.name, target);
    return () => row.close();
  }, [row, table.name, target]);
  const read = row.row.value;
  const title =
    read.name === "read" ? rowName({ key: target, json: read.json }, describeTable(table)) : target;
  const kind = (
    <>
      <Visible text={table.name} />
      {title !== target && (
        <>
          {" · "}
          <Visible text={target} />
        </>
      )}
    </>
  );
  return (
    <Pane
      id="story"
      kind={kind}
      title={<Visible text={title} />}
      subject={`${table.name} ${target}`}
      onClose={story.close}
    >
      <Columns
        state={state}
        panels={panels}
        table={table}
        target={target}
        row={read}
        story={story}
        tick={tick}
      />
      <StoryBody state={state} story={story} target={target} tick={tick} />
    </Pane>
  );
}

function Columns(props: Props & { readonly row: OpenRow }) {
  const { row, table } = props;
  switch (row.name) {
    case "loading":
      return <p class="row-note">Loading …</p>;
    case "gone":
      return (
        <p class="row-note row-gone" role="status">
          There is no row with this key, or none any more.
        </p>
      );
    case "failed":
      return (
        <p class="row-note" role="alert">
          The row can’t be read: {row.reason}
        </p>
      );
    case "read":
      return (
        <dl class="row-fields">
          {table.columns.map((column) => (
            <div key={column.name} class="row-field" data-field={column.name}>
              <dt>
                <Visible text={column.name} />
              </dt>
              <dd>
                <Value {...props} json={row.json} column={column} />
              </dd>
            </div>
          ))}
        </dl>
      );
  }
}

interface ValueProps extends Props {
  readonly json: RowJson;
  readonly column: PanelColumn;
}

function Value({ state, panels, target, story, tick, json, column }: ValueProps) {
  const value = json[column.name];
  if (isMasked(value)) return <span class="nothing">{MASKED}</span>;
  if (truncatedColumns(json).includes(column.name)) return <span class="nothing">too large to be shown</span>;
  if (value === null || value === undefined) return <span class="nothing">NULL</span>;
  const stored = storedText(value);
  if (stored === "") return <span class="nothing">empty text</span>;
  const named = describeValue(json, column.name);
  const text = named === stored ? (prettyJson(stored) ?? stored) : `${named} (${stored})`;
  const leadsTo = column.references;
  const other = panels.tables.value.find(({ name }) => name === leadsTo?.table);
  // Only a key opens a row: a reference to another column of it would open another one.
  if (leadsTo !== null && other?.key.length === 1 && other.key[0] === leadsTo.column) {
    return (
      <button type="button" class="leads-to" onClick={() => story.open(stored, other.name)}>
        <Visible text={text} />
        <span class="visually-hidden"> in {other.name}</span>
      </button>
    );
  }
  if (column.role === "status") return <StatusBadge row={{ key: target, json }} column={column.name} />;
  return (
    <>
      <Visible text={text} />
      {(column.role === "time" || column.role === "last-seen") && (
        <span class="row-note-time">
          {" "}
          <AgoTime value={value} column={column} timeZone={state.reading.value.timeZone} tick={tick} />
        </span>
      )}
    </>
  );
}

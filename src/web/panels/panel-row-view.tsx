import { type ReadonlySignal, useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";

import { badgeOf, huedBadge } from "../event/badge.ts";
import { titleText } from "../text/visible-text.ts";
import { TypeBadge } from "../views/type-badge.tsx";
import { Visible } from "../views/visible.tsx";
import { AgoTime } from "./ago-time.tsx";
import { isDone } from "./late-rows.ts";
import { namedValue, type PanelRow, rowName } from "./panel-row.ts";
import type { Panel } from "./panel.ts";

interface Props {
  readonly row: PanelRow;
  readonly panel: Panel;
  readonly timeZone: string;
  readonly tick: ReadonlySignal<number>;
  readonly late: ReadonlySignal<ReadonlySet<string>>;
  /** Whether it came or went a moment ago. */
  readonly change: "appeared" | "gone" | undefined;
  /** Columns whose values changed a moment ago. */
  readonly changed: ReadonlySet<string> | undefined;
  readonly isOpen: boolean;
  readonly onOpen: (key: string, table: string) => void;
}

export function PanelRowView(props: Props) {
  const { row, panel, change, changed, isOpen, onOpen, timeZone, tick, late } = props;
  const { name, status, reference, times, lastSeen } = panel.layout;
  const { table } = panel;
  const hasKey = table.key.length > 0;
  const isLate = useComputed(() => late.value.has(row.key));
  const title = rowName(row, panel.layout);
  const shown = new Set([name, status, reference, ...times]);
  // What changed behind the row is told by its name.
  const isChangedBehind = changed !== undefined && [...changed].every((column) => !shown.has(column));
  const isChanged = (column: string) => changed?.has(column) === true;
  return (
    <tr
      data-row-key={row.key}
      class={[...(change === undefined ? [] : [change]), ...(isOpen ? ["open"] : [])].join(" ")}
      onClick={() => {
        if (hasKey) onOpen(row.key, table.name);
      }}
    >
      <td>
        <Cell row={row} isChanged={isChanged(name) || isChangedBehind}>
          <button
            type="button"
            class="row-opener"
            aria-expanded={isOpen}
            disabled={change === "gone" || !hasKey}
          >
            <span class="row-name" title={titleText(title)}>
              <Visible text={title} />
            </span>
          </button>
          {title !== row.key && table.key.length === 1 && (
            <span class="row-key">
              {" "}
              <Visible text={row.key} />
            </span>
          )}
        </Cell>
      </td>
      {status !== undefined && (
        <td>
          <Cell row={row} isChanged={isChanged(status)}>
            <StatusBadge row={row} column={status} />
          </Cell>
        </td>
      )}
      {reference !== undefined && (
        <td class="reference">
          <Cell row={row} isChanged={isChanged(reference)}>
            <Text row={row} column={reference} />
          </Cell>
        </td>
      )}
      {times.map((time) => (
        <td key={time} class="when">
          {/* A sign of life changes all the time, and would never stop to flash. */}
          <Cell row={row} isChanged={time !== lastSeen && isChanged(time)}>
            <AgoTime
              value={row.json[time]}
              column={table.columns.find((column) => column.name === time)}
              timeZone={timeZone}
              tick={tick}
              {...(time === lastSeen && !isDone(row, status) ? { isLate } : {})}
            />
          </Cell>
        </td>
      ))}
    </tr>
  );
}

interface CellProps {
  readonly row: PanelRow;
  readonly isChanged: boolean;
  readonly children: ComponentChildren;
}

/** Flashes once when its value has become another one. */
function Cell({ isChanged, children }: CellProps) {
  return <span class={isChanged ? "cell flash" : "cell"}>{children}</span>;
}

/** The same colours as those of event types. A number alone says nothing: it comes with the name of its column. */
export function StatusBadge({ row: { json }, column }: { readonly row: PanelRow; readonly column: string }) {
  const { text, title } = namedValue(json, column);
  if (text === "") return null;
  const isNumber = /^[+-]?\d+(?:\.\d+)?$/.test(text);
  const type = isNumber
    ? { text: `${column} ${text}`, title, badge: huedBadge(`${column} ${text}`) }
    : { text, title, badge: badgeOf(text) };
  return <TypeBadge type={type} />;
}

function Text({ row: { json }, column }: { readonly row: PanelRow; readonly column: string }) {
  const { text, title } = namedValue(json, column);
  return (
    <span title={titleText(title)}>
      <Visible text={text} />
    </span>
  );
}

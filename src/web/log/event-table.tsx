import { useLayoutEffect, useMemo, useRef } from "preact/hooks";

import type { State } from "../state.ts";
import { type ColumnName, gridColumns, titleOf } from "./columns.ts";
import { type Entry, foldOf, isSeen, keyOf, shownFor } from "./entries.ts";
import { EventRow, type RowActions } from "./event-row.tsx";
import { linesInSight } from "./in-sight.ts";
import type { Log } from "./log.ts";
import { useSlices } from "./slices.ts";
import { usePointer } from "./use-pointer.ts";
import { useScroll } from "./use-scroll.ts";
import { useTabStop } from "./use-tab-stop.ts";
import { MAX_WHOLE, useVirtualRows } from "./use-virtual-rows.ts";
import { windowSize } from "./window-size.ts";

interface Props {
  readonly state: State;
  readonly log: Log;
  /** The event that is open beside the list. */
  readonly openId: bigint | undefined;
  readonly onOpen: RowActions["onOpen"];
}

export function EventTable({ state, log, openId, onOpen }: Props) {
  const { arriving, clock, isQuick } = state;
  const { view, selected, unfolded } = state.log;
  const columns = state.log.columns.value;
  const reading = state.reading.value;
  const body = useRef<HTMLTableSectionElement | null>(null);
  const entries = state.log.entries.value;
  const isHeld = view.value.name === "held";
  // The live table keeps a row for each of its events; in a long log, what is folded away is left out.
  const lines = isHeld ? entries.filter(isSeen) : entries;
  const keys = useMemo(() => lines.map(keyOf), [entries, isHeld]);
  // Of rows that go by in a moment, only those in sight are drawn; and none more while a pointer only crosses them.
  const isCrossed = view.value.name === "held" && view.value.why === "pointer";
  const isHurried = isQuick.value && (!isHeld || isCrossed);
  const drawable = isHurried ? keys.slice(0, linesInSight(lines, windowSize().height)) : keys;
  const slice = useSlices(drawable, keys.length <= MAX_WHOLE, (isDrawn) => {
    state.log.isDrawn.value = isDrawn;
  });
  const seenBelow = lines.filter((line, at) => at >= slice.to && isSeen(line)).length;
  const { indexes, before, after, first, seek } = useVirtualRows({
    keys,
    slice,
    seenBelow,
    body,
    isAnchored: isHeld,
  });
  useScroll(body, state, log, seek.isUnderWay);
  usePointer(body, log);
  const actions = useMemo<RowActions>(
    () => ({ onOpen, onFold: ({ id }) => log.toggleFold(foldOf(state.log.entries.peek(), id)) }),
    [onOpen, log],
  );
  /** Of a row that was folded away since, the fold is marked. */
  const rowOf = (id: bigint | undefined): bigint | undefined =>
    id === undefined ? undefined : shownFor(entries, id);
  const [selectedRow, openRow] = [rowOf(selected.value?.id), rowOf(openId)];

  useLayoutEffect(() => {
    const index =
      selected.value?.isSought === true && selectedRow !== undefined ? keys.indexOf(selectedRow) : -1;
    if (index >= 0) seek.begin(index);
  }, [selected.value]);

  const led = selectedRow ?? openRow;
  const isInPage = led !== undefined && indexes.includes(keys.indexOf(led));
  useTabStop(body, isInPage ? led : firstId(lines, first), isInPage);
  return (
    <table
      class={isHurried ? "events quick" : "events"}
      role="table"
      aria-label="Events, newest first"
      style={{ "--columns": gridColumns(columns) }}
    >
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((name) => (
            <Heading key={name} name={name} text={titleOf(name, reading)} />
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" ref={body}>
        <Room height={before} />
        {indexes.map((index) => {
          const entry = lines[index];
          if (entry === undefined) return null;
          if (entry.kind === "divider") return <Divider key="divider" columns={columns} />;
          return (
            <EventRow
              key={String(entry.event.id)}
              entry={entry}
              reading={reading}
              clock={clock.value}
              columns={columns}
              isOpen={openRow === entry.event.id}
              isSelected={selectedRow === entry.event.id}
              isUnfolded={unfolded.value.has(entry.foldId)}
              isArriving={arriving.value.has(entry.event.id)}
              actions={actions}
            />
          );
        })}
        <Room height={after} />
      </tbody>
    </table>
  );
}

/** The event of a line, or of the next one below it that has an event in sight. */
function firstId(lines: readonly Entry[], at: number): bigint | undefined {
  const first = lines.find((entry, index) => index >= at && entry.kind === "event" && !entry.isFolded);
  return first?.kind === "event" ? first.event.id : undefined;
}

function Heading({ name, text }: { readonly name: ColumnName; readonly text: string }) {
  return (
    <th scope="col" role="columnheader" class={name.startsWith("=") ? "own" : name}>
      {text}
    </th>
  );
}

/** Where rows would be that are not in the page. */
function Room({ height }: { readonly height: number }) {
  return height === 0 ? null : <tr class="room" aria-hidden="true" style={{ height: `${height}px` }} />;
}

function Divider({ columns }: { readonly columns: readonly ColumnName[] }) {
  return (
    <tr role="row" class="divider">
      <td role="cell" colSpan={columns.length}>
        New since you last looked
      </td>
    </tr>
  );
}

import { type ReadonlySignal, useComputed } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";

import { Visible } from "../views/visible.tsx";
import { groupsShown } from "./groups-shown.ts";
import { storedText } from "./panel-row.ts";
import { PanelTableView } from "./panel-table.tsx";
import { MAX_ROWS, type Panel } from "./panel.ts";

interface Props {
  readonly panel: Panel;
  readonly isCollapsed: boolean;
  readonly onCollapse: (isCollapsed: boolean) => void;
  readonly timeZone: string;
  readonly tick: ReadonlySignal<number>;
  readonly onOpenRow: (key: string, table: string) => void;
  /** False where the page says already that there is no server: the rows stay as they were. */
  readonly isReachable: boolean;
  /** The row of this table that is open beside the list. */
  readonly openKey: string | undefined;
}

/** One table: its name, its groups, its rows. Only what is in sight is read. */
export function PanelCard(props: Props) {
  const { panel, isCollapsed, onCollapse } = props;
  const { name } = panel.table;
  const card = useRef<HTMLElement>(null);
  // At once with the drawing: a change that comes right after it must find the panel closed.
  useLayoutEffect(() => {
    if (isCollapsed || card.current === null) return undefined;
    const observer = new IntersectionObserver((entries) => {
      const entry = entries.at(-1);
      if (entry !== undefined) panel.setInSight(entry.isIntersecting);
    });
    observer.observe(card.current);
    return () => {
      observer.disconnect();
      panel.setInSight(false);
    };
  }, [panel, isCollapsed]);
  return (
    <article ref={card} class="panel" data-panel={name} aria-label={`Table ${name}`}>
      <h3 class="panel-head">
        <button
          type="button"
          class="collapse"
          aria-expanded={!isCollapsed}
          onClick={() => onCollapse(!isCollapsed)}
        >
          <Visible text={name} />
        </button>
      </h3>
      {!isCollapsed && <PanelBody {...props} />}
    </article>
  );
}

function PanelBody(props: Props) {
  const { panel } = props;
  const rows = panel.rows.value;
  const failure = props.isReachable ? panel.failure.value : undefined;
  return (
    <>
      <Groups panel={panel} />
      {failure !== undefined && (
        <p class="panel-failure" role="status">
          {failure}
        </p>
      )}
      {rows === undefined ? (
        failure === undefined && <p class="panel-note">Loading …</p>
      ) : rows.length === 0 && panel.marks.value.gone.length === 0 ? (
        <p class="panel-note">No rows</p>
      ) : (
        <PanelTableView {...props} rows={rows} />
      )}
      {panel.hasMore.value && <More panel={panel} />}
    </>
  );
}

function Groups({ panel }: { readonly panel: Panel }) {
  const all = useComputed(() => panel.groups.value?.reduce((sum, { count }) => sum + count, 0));
  const chosen = panel.group.value;
  const groups = groupsShown(panel.groups.value, chosen, (panel.rows.value?.length ?? 0) > 0);
  if (groups.length === 0) return null;
  return (
    <div class="groups" role="group" aria-label={`${panel.table.name} by ${panel.layout.status ?? "status"}`}>
      <GroupButton
        text="All"
        count={all.value}
        isChosen={chosen === undefined}
        onChoose={() => panel.choose(undefined)}
      />
      {groups.map(({ value, count }) => {
        const text = storedText(value);
        return (
          <GroupButton
            key={text}
            text={text === "" ? "none" : text}
            count={count}
            isChosen={chosen === text}
            onChoose={() => panel.choose(text)}
          />
        );
      })}
    </div>
  );
}

interface GroupProps {
  readonly text: string;
  readonly count: number | undefined;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function GroupButton({ text, count, isChosen, onChoose }: GroupProps) {
  return (
    <button type="button" class="group" aria-pressed={isChosen} onClick={onChoose}>
      <Visible text={text} /> <span class="group-count">{count?.toLocaleString()}</span>
    </button>
  );
}

function More({ panel }: { readonly panel: Panel }) {
  if (panel.isFull) return <p class="panel-note">The first {MAX_ROWS.toLocaleString()} rows.</p>;
  return (
    <p class="panel-note">
      <button type="button" class="more" onClick={() => panel.showMore()}>
        More rows
      </button>
    </p>
  );
}

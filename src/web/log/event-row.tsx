import { Component, createRef } from "preact";

import { DOUBLE_CLICK_MS, whenToOpen } from "../disclosure.ts";
import { type LogEvent, rawTextOf } from "../event/event.ts";
import { leaveFocus, TABLE } from "../views/heir.ts";
import { Visible } from "../views/visible.tsx";
import { type CellProps, Cells } from "./event-cells.tsx";

export interface RowActions {
  /** Opens it beside the list, or closes it where it is open. */
  readonly onOpen: (event: LogEvent) => void;
  readonly onFold: (event: LogEvent) => void;
}

interface Props extends CellProps {
  readonly isSelected: boolean;
  readonly isArriving: boolean;
  readonly actions: RowActions;
}

interface RowState {
  /** Something of the row can't be drawn: it is shown as it came. */
  readonly isBroken: boolean;
}

export class EventRow extends Component<Props, RowState> {
  override state: RowState = { isBroken: false };
  readonly #row = createRef<HTMLTableRowElement>();
  /** A click that may become a double click. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** An event never changes, and 50 rows have nothing to do while one comes in. */
  override shouldComponentUpdate(next: Props, { isBroken }: RowState): boolean {
    const { props, state } = this;
    return (
      next.entry.event !== props.entry.event ||
      next.entry.repeats !== props.entry.repeats ||
      next.entry.isFolded !== props.entry.isFolded ||
      next.reading !== props.reading ||
      next.clock !== props.clock ||
      next.columns !== props.columns ||
      next.isOpen !== props.isOpen ||
      next.isSelected !== props.isSelected ||
      next.isUnfolded !== props.isUnfolded ||
      isBroken !== state.isBroken
    );
  }

  /** One row that can't be drawn must not take the table with it. */
  override componentDidCatch(error: unknown): void {
    console.error(`Tailboard could not draw the event ${this.props.entry.event.id}:`, error);
    this.setState({ isBroken: true });
  }

  override render(props: Props, { isBroken }: RowState) {
    const { entry, columns, isOpen, isSelected, isArriving } = props;
    const classes = [
      ...(isArriving ? ["arriving"] : []),
      ...(isOpen ? ["open"] : []),
      ...(isSelected ? ["selected"] : []),
    ];
    return (
      // The roles say what the elements are, because a small screen lays them out as a grid.
      <tr
        ref={this.#row}
        role="row"
        data-event-id={String(entry.event.id)}
        aria-current={isOpen ? "true" : undefined}
        class={classes.join(" ")}
        hidden={entry.isFolded}
        onClick={this.#onClick}
      >
        {isBroken ? (
          <td role="cell" class="what" colSpan={columns.length}>
            <Visible class="summary long" text={rawTextOf(entry.event)} />
          </td>
        ) : (
          <Cells {...props} />
        )}
      </tr>
    );
  }

  /** Where a repeat comes, the line of its fold moves on to the row of the new one. */
  override getSnapshotBeforeUpdate({ entry: before }: Props): null {
    const { entry } = this.props;
    if (!entry.isFolded || before.isFolded) return null;
    const isAtFold = document.activeElement?.matches(".fold") === true;
    leaveFocus(this.#row.current, isAtFold ? [".events .fold", ...TABLE] : TABLE);
    return null;
  }

  override componentWillUnmount(): void {
    clearTimeout(this.#timer);
    leaveFocus(this.#row.current, TABLE);
  }

  /** The button in the row has no handler of its own, so that a click anywhere in the row is the same. */
  readonly #onClick = ({ detail, target }: MouseEvent) => {
    clearTimeout(this.#timer);
    const { actions, entry } = this.props;
    if (target instanceof Element && target.closest(".fold") !== null) {
      actions.onFold(entry.event);
      return;
    }
    const selection = getSelection();
    const row = this.#row.current;
    const isSelecting = row !== null && selection?.isCollapsed === false && selection.containsNode(row, true);
    const isButton = target instanceof Element && target.closest("button") !== null;
    const open = (): void => actions.onOpen(entry.event);
    const when = whenToOpen({ detail, isSelecting, isButton });
    if (when === "now") open();
    else if (when === "soon") this.#timer = setTimeout(open, DOUBLE_CLICK_MS);
  };
}

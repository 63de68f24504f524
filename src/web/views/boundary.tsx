import type { ReadonlySignal } from "@preact/signals";
import { Component, type ComponentChildren } from "preact";

interface Props {
  /** What could not be shown, as the reader calls it. */
  readonly what: string;
  /** When this becomes another one, the children are drawn again. */
  readonly data: ReadonlySignal<unknown>;
  readonly children: ComponentChildren;
}

interface BoundaryState {
  readonly failure: { readonly error: unknown; readonly data: unknown } | undefined;
}

/** Keeps a part of the page that can't be drawn from taking the rest with it, and tries again with the next data. */
export class Boundary extends Component<Props, BoundaryState> {
  override state: BoundaryState = { failure: undefined };

  override componentDidCatch(error: unknown): void {
    console.error(`Tailboard could not draw ${this.props.what}:`, error);
    this.setState({ failure: { error, data: this.props.data.peek() } });
  }

  override render({ what, data, children }: Props, { failure }: BoundaryState) {
    // Read only where it counts: a part that is shown is not drawn again because of its boundary.
    if (failure === undefined || failure.data !== data.value) return children;
    return (
      <p class="broken" role="alert">
        {what} can’t be shown: {String(failure.error)}. This is a mistake in Tailboard. The page tries again
        with the next data that comes.
      </p>
    );
  }
}

/**
 * Lets go of what a component drew before. Where a component draws itself anew, the element around it keeps the first
 * description of it among its children, with everything that was drawn then; and descriptions of rows that stay as they are
 * point on to newer ones. So each drawing was kept for as long as the page was open: 0.1 MiB a second beside a table that
 * changes ten times a second. See https://github.com/preactjs/preact/issues/4909
 */
import { options, type VNode } from "preact";

/** Names of Preact's own, which stay because its packages share them. */
interface Drawn extends VNode {
  /** The component that drew it. */
  readonly __c?: object | null;
  /** What it drew. */
  __k?: unknown;
}

/** To be called once, before anything is drawn. */
export function releaseDrawn(): void {
  const lastOf = new WeakMap<object, Drawn>();
  const before = options.diffed?.bind(options);
  options.diffed = (vnode: Drawn): void => {
    before?.(vnode);
    // oxlint-disable no-underscore-dangle -- Preact's own
    const component = vnode.__c;
    if (component === undefined || component === null) return;
    const last = lastOf.get(component);
    // Where nothing was drawn anew both have the same, and Preact compares them.
    if (last !== undefined && last !== vnode && last.__k !== vnode.__k) last.__k = null;
    // oxlint-enable no-underscore-dangle
    lastOf.set(component, vnode);
  };
}

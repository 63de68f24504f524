import { type ReadonlySignal, useComputed } from "@preact/signals";

import { textOf } from "../text/text.ts";
import { timeTitle } from "../time/clock.ts";
import { Visible } from "../views/visible.tsx";
import { agoText, sizeText } from "./ago.ts";
import type { PanelColumn } from "./contract.ts";
import { instantIn } from "./instant-in.ts";
import { QUIET_MS } from "./quiet.ts";

interface Props {
  readonly value: unknown;
  readonly column: PanelColumn | undefined;
  readonly timeZone: string;
  readonly tick: ReadonlySignal<number>;
  /** Set for a sign of life: whether it is late. */
  readonly isLate?: ReadonlySignal<boolean>;
}

/** A time as how long ago it was, which goes on by itself. */
export function AgoTime({ value, column, timeZone, tick, isLate }: Props) {
  const ms = instantIn(value, column, timeZone);
  const text = useComputed(() => {
    if (ms === undefined) return "";
    const age = tick.value - ms;
    return isLate !== undefined && age >= QUIET_MS ? `Quiet for ${sizeText(age)}` : agoText(age);
  });
  if (ms === undefined) return <Visible text={textOf(value)} />;
  const isQuiet = text.value.startsWith("Quiet");
  const classes = [
    "ago",
    ...(isQuiet ? ["quiet"] : []),
    ...(isQuiet && isLate?.value === true ? ["late"] : []),
  ];
  const iso = new Date(ms).toISOString();
  return (
    <time class={classes.join(" ")} dateTime={iso} title={timeTitle(iso, value)}>
      {text.value}
    </time>
  );
}

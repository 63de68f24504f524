/**
 * What the reader has opened, folded and switched in the detail of events. It is kept by the path of a value, so that it
 * stays when rows come in, and when another event with the same columns is opened.
 */
import { type ReadonlySignal, type Signal, signal, useComputed } from "@preact/signals";

/** `raw`: JSON as it is stored; `open`: a value in it; `shown`: how many of its members. */
export type ChoiceKind = "raw" | "open" | "shown";

/** Numbers by kind and path: 0 and 1 for no and yes. It has as many as the reader has made. */
export type Choices = Signal<ReadonlyMap<string, number>>;

export function createChoices(): Choices {
  return signal<ReadonlyMap<string, number>>(new Map());
}

/** @param path the column, and the way into its JSON */
export type Path = readonly [column: string, ...rest: (string | number)[]];

/** One choice, so that others draw nothing anew. @param fallback where the reader has not chosen */
export function useChoice(
  choices: Choices,
  kind: ChoiceKind,
  path: Path,
  fallback: number,
): ReadonlySignal<number> {
  return useComputed(() => choices.value.get(keyOf(kind, path)) ?? fallback);
}

export function choose(choices: Choices, kind: ChoiceKind, path: Path, value: number): void {
  choices.value = new Map(choices.peek()).set(keyOf(kind, path), value);
}

function keyOf(kind: ChoiceKind, path: Path): string {
  return `${kind} ${JSON.stringify(path)}`;
}

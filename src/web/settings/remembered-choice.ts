/** What the reader chose of a few possibilities, kept by the browser. */
import { effect, type Signal, signal } from "@preact/signals";

import { readPreference, writePreference } from "../preference.ts";

/** @param name under which the browser keeps it */
export function rememberedChoice<T extends string>(name: string, choices: readonly T[], first: T): Signal<T> {
  const kept = readPreference(name);
  const choice = signal(choices.find((each) => each === kept) ?? first);
  let last = choice.peek();
  effect(() => {
    // What nobody has chosen is not kept: then a later version may begin with something else.
    if (choice.value !== last) writePreference(name, choice.value);
    last = choice.value;
  });
  return choice;
}

/**
 * What is open beside the list: one thing at a time, because it is one signal. It is in the address of the page, and each
 * change is one step of the browser's history, which Back undoes.
 */
import { type ReadonlySignal, signal } from "@preact/signals";

import { type Beside, besideInUrl, isSame, NOTHING, urlOf } from "./address.ts";

/** `in-place`: it takes the place of what is open, and Back leads to what was before both. */
export type Step = "step" | "in-place";

export interface BesideList {
  readonly now: ReadonlySignal<Beside>;
  readonly show: (thing: Beside, how?: Step) => void;
  /** Closes what is open, where it is of this kind. */
  readonly close: (name: Exclude<Beside["name"], "nothing">) => void;
}

/** Begins with what the address says, and follows it. */
export function createBeside(): BesideList {
  const now = signal(besideInUrl());
  // An address that names two things says which of them is open.
  putIntoUrl(now.peek(), "in-place");
  window.addEventListener("popstate", () => {
    const thing = besideInUrl();
    if (!isSame(thing, now.peek())) now.value = thing;
  });

  function show(thing: Beside, how: Step = "step"): void {
    if (isSame(thing, now.peek())) return;
    putIntoUrl(thing, how);
    now.value = thing;
  }

  return {
    now,
    show,
    close: (name) => {
      if (now.peek().name === name) show(NOTHING);
    },
  };
}

function putIntoUrl(thing: Beside, how: Step): void {
  const url = urlOf(thing);
  if (url === location.href) return;
  if (how === "step") history.pushState(null, "", url);
  else history.replaceState(null, "", url);
}

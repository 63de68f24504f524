/** Tells the reader, who looks elsewhere, when a row comes that answers the question of the page. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";

import type { State } from "../state.ts";
import { isLookedAt, onLook } from "./attention.ts";
import { Notifier } from "./notifier.ts";
import { askPermission, currentPermission, PERMISSION_ADVICE } from "./permission.ts";
import { readToldQuestions, withQuestion } from "./told-questions.ts";

export interface TellMe {
  /** Whether the question that is asked now is told of. */
  readonly isOn: ReadonlySignal<boolean>;
  /** How many came since somebody looked. */
  readonly matches: ReadonlySignal<number>;
  /** Why there are no notifications, and what to do about it. */
  readonly advice: ReadonlySignal<string | undefined>;
  /** To be called on a click: the browser asks for permission on nothing else. */
  readonly toggle: () => Promise<void>;
}

/** @param openEvent shows the event that a notification told of */
export function createTellMe(state: State, openEvent: (id: bigint) => void): TellMe {
  const told = signal(readToldQuestions());
  const permission = signal(currentPermission());
  const matches = signal(0);
  const isOn = computed(() => told.value.has(state.question.value));
  const notifier = new Notifier({
    onClick: ({ id }) => {
      window.focus();
      openEvent(id);
    },
    onRefused: () => {
      permission.value = "missing";
    },
  });

  state.arrivals.on((event) => {
    if (!isOn.peek() || isLookedAt()) return;
    matches.value++;
    if (permission.peek() !== "granted") return;
    notifier.tell({ event, reading: state.reading.peek(), question: state.question.peek() });
  });

  onLook(() => {
    matches.value = 0;
    notifier.forget();
    // The reader may have been in the settings of the browser.
    if (permission.peek() !== "missing") permission.value = currentPermission();
  });

  async function toggle(): Promise<void> {
    const question = state.question.peek();
    const isTold = !isOn.peek();
    told.value = withQuestion(told.peek(), question, isTold);
    if (isTold && permission.peek() !== "missing") permission.value = await askPermission();
  }

  return {
    isOn,
    matches,
    advice: computed(() => {
      const now = permission.value;
      return !isOn.value || now === "granted" ? undefined : PERMISSION_ADVICE[now];
    }),
    toggle,
  };
}

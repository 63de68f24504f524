/** Copies where no button is at hand that could say what came of it. */
import type { Signal } from "@preact/signals";

import { copyText } from "./copy.ts";
import type { Notice } from "./state.ts";

/** @param words what is said: where it is copied, and where the browser refuses */
export async function copyAndTell(
  notice: Signal<Notice | undefined>,
  text: string,
  words: { readonly done: string; readonly refused: string },
): Promise<void> {
  notice.value = (await copyText(text))
    ? { kind: "receipt", text: words.done }
    : { kind: "warning", text: words.refused };
}

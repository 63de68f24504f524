import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";

/** A screen reader that read every row aloud would never be silent, so it reads a count, and only this often. */
const INTERVAL_MS = 10_000;

export function Announcer({ received }: { readonly received: ReadonlySignal<number> }) {
  const [text, setText] = useState("");
  useEffect(() => {
    let announced = received.peek();
    const timer = setInterval(() => {
      const count = received.peek();
      if (count > announced) setText(announcement(count - announced, count));
      announced = count;
    }, INTERVAL_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p class="visually-hidden" aria-live="polite">
      {text}
    </p>
  );
}

/** The total is part of the text, because a live region whose text stays the same is not read again. */
function announcement(fresh: number, total: number): string {
  return `${fresh} new ${fresh === 1 ? "event" : "events"}, ${total} since the page was opened`;
}

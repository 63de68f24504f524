import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";

/** A screen reader that said every row would never fall silent: it says counts, this often. */
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

/** With the total, because a live region whose text stays the same is not read again. */
function announcement(fresh: number, total: number): string {
  return `${fresh} new ${fresh === 1 ? "event" : "events"}, ${total} since the page was opened`;
}

import { useEffect, useState } from "preact/hooks";

import type { Connection as ConnectionState } from "../state.ts";

interface Props {
  readonly connection: ConnectionState;
  readonly onRetry: () => void;
}

const WORDS = { connecting: "Connecting", connected: "Connected", polling: "Polling" } as const;

export function Connection({ connection, onRetry }: Props) {
  const retryAt = connection.kind === "polling" ? connection.retryAt : undefined;
  return (
    <div class={`connection ${connection.kind}`}>
      <p class="state">
        <span class="dot" aria-hidden="true" />
        <span id="connection-status" role="status">
          {WORDS[connection.kind]}
        </span>
      </p>
      {retryAt !== undefined && <NextTry retryAt={retryAt} onRetry={onRetry} />}
    </div>
  );
}

function NextTry({ retryAt, onRetry }: { readonly retryAt: number; readonly onRetry: () => void }) {
  const seconds = Math.ceil((retryAt - useClock()) / 1000);
  return (
    <>
      <span id="next-try" class="next-try">
        {seconds > 0 ? `next try in ${seconds} s` : "trying …"}
      </span>
      <button type="button" class="retry" onClick={onRetry}>
        Retry now
      </button>
    </>
  );
}

/** Milliseconds since the epoch, a few times a second, so that a countdown never skips a number. */
function useClock(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  return now;
}

import { useEffect, useState } from "preact/hooks";

import { type ConnectionState, fallsBackToPolling } from "../feed/connection.ts";
import { MAX_STREAMS } from "../stream/slots/choice.ts";
import { TABLE } from "./heir.ts";
import { LeavingButton } from "./leaving-button.tsx";

interface Props {
  readonly connection: ConnectionState;
  readonly isSignedOut: boolean;
  readonly onRetry: () => void;
}

const WORDS = { connecting: "Connecting", connected: "Connected", polling: "Polling" } as const;

const CROWDED_TITLE =
  `There are too many different searches in tabs of this browser: ${MAX_STREAMS} of them are live, so that it has ` +
  "connections left for everything else. This page asks every 5 seconds and misses nothing. It is live as soon as one " +
  "of the others is hidden or closed.";

export function ConnectionStatus({ connection, isSignedOut, onRetry }: Props) {
  const kind = kindOf(connection);
  // Who hears the stream is let in.
  if (isSignedOut && kind !== "connected") return <SignedOut />;
  return (
    <div class={`connection ${kind}`}>
      <p class="state">
        <span class="dot" aria-hidden="true" />
        <span id="connection-status" role="status">
          {WORDS[kind]}
        </span>
      </p>
      {connection.name === "crowded" && (
        <span id="why-polling" class="next-try" title={CROWDED_TITLE}>
          too many searches open
        </span>
      )}
      {kind === "polling" && connection.name !== "crowded" && connection.name !== "unsupported" && (
        <NextTry
          retryAtMs={connection.name === "polling" ? connection.retryAtMs : undefined}
          onRetry={onRetry}
        />
      )}
    </div>
  );
}

/** Waiting helps nobody here. The address of the page asks for the token, and leads back to what is asked. */
function SignedOut() {
  return (
    <div class="connection polling">
      <p class="state">
        <span class="dot" aria-hidden="true" />
        <span id="connection-status" role="status">
          Signed out
        </span>
      </p>
      <a id="sign-in" href="">
        Sign in again
      </a>
    </div>
  );
}

/** How the page gets its rows, in one word. */
export function kindOf(connection: ConnectionState): keyof typeof WORDS {
  if (connection.name === "live") return "connected";
  return fallsBackToPolling(connection) ? "polling" : "connecting";
}

/** `retryAtMs` is a time of performance.now(), or undefined while a try is under way. */
function NextTry({
  retryAtMs,
  onRetry,
}: {
  readonly retryAtMs: number | undefined;
  readonly onRetry: () => void;
}) {
  useTick();
  const seconds = retryAtMs === undefined ? 0 : Math.ceil((retryAtMs - performance.now()) / 1000);
  return (
    <>
      <span id="next-try" class="next-try">
        {seconds > 0 ? `next try in ${seconds} s` : "trying …"}
      </span>
      <LeavingButton heirs={TABLE} class="retry" onClick={onRetry}>
        Retry now
      </LeavingButton>
    </>
  );
}

/** Draws the component again a few times in a second, so that a countdown never skips a number. */
function useTick(): void {
  const [, setCount] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setCount((count) => count + 1), 250);
    return () => clearInterval(timer);
  }, []);
}

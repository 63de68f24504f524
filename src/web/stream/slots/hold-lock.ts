/** One lock of the browser's, from the wish for it to its end. */

export interface LockListener {
  readonly onHeld?: () => void;
  /** Another tab has stolen it. */
  readonly onTaken?: () => void;
  /** It is over, whatever came of it: the lock is free, or another tab's. */
  readonly onEnd?: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** @returns what gives the lock back, or ends the wait for it */
export function holdLock(
  name: string,
  options: LockOptions,
  { onHeld, onTaken, onEnd, onFailure }: LockListener,
): () => void {
  let state: "waiting" | "held" | "given-back" = "waiting";
  const { promise, resolve } = Promise.withResolvers<void>();
  const wait = new AbortController();
  const request = navigator.locks.request(
    name,
    // Whoever steals never waits, and the standard allows no signal then.
    options.steal === true ? options : { ...options, signal: wait.signal },
    () => {
      if (state === "given-back") return undefined;
      state = "held";
      onHeld?.();
      return promise;
    },
  );
  request
    .catch((error: unknown) => {
      if (!isAbort(error)) onFailure(error);
      else if (state === "held") onTaken?.();
    })
    .finally(() => onEnd?.())
    .catch(onFailure);
  return () => {
    state = "given-back";
    wait.abort();
    resolve();
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

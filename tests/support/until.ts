/** Waits for conditions, never for time. */

/** How long a condition may take before the test fails. Far above what any of them needs on a busy machine. */
const DEFAULT_TIMEOUT_MS = 10_000;
const PAUSE_MS = 5;

/**
 * For `setDefaultTimeout` at the top of a test file (a preload reaches only the first file of a run): it only ends a
 * test that waits for ever, and has to be longer than the conditions wait.
 */
export const TEST_TIMEOUT_MS = 60_000;

type Unmet<T> = T | undefined | null | false;

/**
 * Waits until a condition gives something else than undefined, null or false, and returns that.
 * @throws Error that names what was waited for
 */
export async function until<T>(
  condition: () => Unmet<T> | Promise<Unmet<T>>,
  what: string,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== null && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await Bun.sleep(PAUSE_MS);
  }
}

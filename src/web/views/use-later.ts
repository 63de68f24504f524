import { useEffect, useState } from "preact/hooks";

/**
 * What is true for a moment only is nothing to tell: the page would flicker.
 * @returns whether something has been true for so many milliseconds
 */
export function useLater(isTrue: boolean, afterMs: number): boolean {
  const [isDue, setIsDue] = useState(false);
  useEffect(() => {
    if (!isTrue) {
      setIsDue(false);
      return undefined;
    }
    const timer = setTimeout(() => setIsDue(true), afterMs);
    return () => clearTimeout(timer);
  }, [isTrue, afterMs]);
  return isTrue && isDue;
}

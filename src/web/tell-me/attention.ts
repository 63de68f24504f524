/** Whether somebody looks at the page. */

/** A tab that is seen beside another window is not looked at. */
export function isLookedAt(): boolean {
  return document.visibilityState !== "hidden" && document.hasFocus();
}

/** @returns what stops it */
export function onLook(look: () => void): () => void {
  const listen = (): void => {
    if (isLookedAt()) look();
  };
  document.addEventListener("visibilitychange", listen);
  window.addEventListener("focus", listen);
  return () => {
    document.removeEventListener("visibilitychange", listen);
    window.removeEventListener("focus", listen);
  };
}

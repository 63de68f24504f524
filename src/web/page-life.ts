/** What the browser tells of the page's life: the network, whether somebody looks, and steps back in its history. */

export interface PageListener {
  /** The network is back, or somebody looks at the page again. */
  readonly onAttention: () => void;
  /** Nobody looks at the page any more. */
  readonly onHidden: () => void;
  /** The network is gone, the browser says. A server on the same machine outlives it. */
  readonly onOffline: () => void;
  /** The browser went back or forward, and the address is another one. */
  readonly onAddress: () => void;
}

/** @returns what ends it */
export function listenToPage({ onAttention, onHidden, onOffline, onAddress }: PageListener): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  window.addEventListener("online", onAttention, { signal });
  window.addEventListener("offline", onOffline, { signal });
  window.addEventListener("popstate", onAddress, { signal });
  document.addEventListener("visibilitychange", () => (isHidden() ? onHidden() : onAttention()), { signal });
  return () => ending.abort();
}

/** False in a tab that is in front of the others, even where its window is not. */
export function isHidden(): boolean {
  return document.visibilityState === "hidden";
}

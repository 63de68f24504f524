/** What the browser tells of the page's life: the network, whether somebody looks, and steps back in its history. */

export interface PageListener {
  /** The network is back, or somebody looks at the page again. */
  readonly onAttention: () => void;
  /** The network is gone, the browser says. A server on the same machine outlives it. */
  readonly onOffline: () => void;
  /** The browser went back or forward, and the address is another one. */
  readonly onAddress: () => void;
}

/** @returns what ends it */
export function listenToPage({ onAttention, onOffline, onAddress }: PageListener): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  window.addEventListener("online", onAttention, { signal });
  window.addEventListener("offline", onOffline, { signal });
  window.addEventListener("popstate", onAddress, { signal });
  const onLook = () => (isHidden() ? undefined : onAttention());
  document.addEventListener("visibilitychange", onLook, { signal });
  return () => ending.abort();
}

/**
 * @param onChange the page is hidden now, or it is not any more
 * @returns what ends it
 */
export function onVisibility(onChange: () => void): () => void {
  document.addEventListener("visibilitychange", onChange);
  return () => document.removeEventListener("visibilitychange", onChange);
}

/** False in a tab that is in front of the others, even where its window is not. */
export function isHidden(): boolean {
  return document.visibilityState === "hidden";
}

/** For how long nobody has looked at the page. */
export class Presence {
  #hiddenAt = isHidden() ? performance.now() : undefined;

  constructor() {
    onVisibility(() => {
      this.#hiddenAt = isHidden() ? (this.#hiddenAt ?? performance.now()) : undefined;
    });
  }

  /** 0 while somebody looks. */
  hiddenForMs(): number {
    return this.#hiddenAt === undefined ? 0 : performance.now() - this.#hiddenAt;
  }
}

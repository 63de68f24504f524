/** What the browser remembers of the reader's choices. A browser may refuse to: then they last as long as the page. */

export function readPreference(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    // Blocked by a setting, or there is no storage here at all.
    return undefined;
  }
}

/** @returns false when the browser refuses */
export function writePreference(name: string, value: string): boolean {
  try {
    localStorage.setItem(name, value);
    return true;
  } catch {
    // Blocked by a setting, or full: the choice holds for this page.
    return false;
  }
}

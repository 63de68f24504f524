/** What the browser remembers of the reader's choices. A browser may refuse to: then they last as long as the page. */

export function readPreference(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    // Blocked by a setting, or there is no storage here at all.
    return undefined;
  }
}

export function writePreference(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Blocked by a setting, or full: the choice holds for this page.
  }
}

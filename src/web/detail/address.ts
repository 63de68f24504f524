/** The event that is open, as the address of the page holds it: `?event=ID`, beside `?q=`. */

/** The state of an entry of the browser's history whose event was closed: the entry before it is the same page. */
const CLOSED_HERE = "tailboard.closed";

/** No more digits than an id of 64 bits has. */
const ID = /^-?\d{1,19}$/;

export function eventInUrl(): bigint | undefined {
  const text = new URL(location.href).searchParams.get("event");
  return text === null || !ID.test(text) ? undefined : BigInt(text);
}

/**
 * Puts the event into the address.
 * @param isStep whether the browser's Back is to close it; otherwise it takes the place of the event before
 */
export function showEventInUrl(id: bigint, isStep: boolean): void {
  const url = urlOf(id);
  if (url === location.href) return;
  if (isStep && history.state !== CLOSED_HERE) history.pushState(null, "", url);
  else history.replaceState(null, "", url);
}

/** In place, so that Back does not open what the reader has closed. */
export function hideEventInUrl(): void {
  const url = urlOf(undefined);
  if (url !== location.href) history.replaceState(CLOSED_HERE, "", url);
}

/** The address of the page with this event open; with none where it is undefined. */
export function urlOf(id: bigint | undefined): string {
  const url = new URL(location.href);
  if (id === undefined) url.searchParams.delete("event");
  else url.searchParams.set("event", String(id));
  return url.href;
}

/** Does from elsewhere what the buttons of the page do, so that each thing is done in one place. */

export function isThere(selector: string): boolean {
  return document.querySelector(selector) !== null;
}

export function pressButton(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.click();
}

/**
 * Opens a menu with the focus in it, so that the keyboard goes on there.
 * @param id of its button
 */
export function openMenu(id: string, field = "input"): void {
  const menu = document.querySelector<HTMLElement>(`#${id}-menu`);
  // Its button opens it, so that it stands under the button.
  if (menu?.matches(":popover-open") === false) pressButton(`#${id}`);
  menu?.querySelector<HTMLElement>(field)?.focus();
}

/** Whether the browser shows notifications of this page, and what to do about it where it does not. */

export type Permission = "granted" | "denied" | "undecided" | "insecure" | "missing";

/** What is said where there are no notifications. The mark in the title needs nobody's permission. */
export const PERMISSION_ADVICE: Readonly<Record<Exclude<Permission, "granted">, string>> = {
  denied:
    "The browser shows no notifications of this page. Allow them in its settings for this site. Until then only the title of the tab is marked.",
  undecided:
    "The browser was not allowed to show notifications, so only the title of the tab is marked. Switch it off and on to be asked again.",
  insecure:
    "Browsers show notifications of pages on HTTPS or on localhost alone. Here only the title of the tab is marked.",
  missing: "This browser has no notifications for pages. Only the title of the tab is marked.",
};

export function currentPermission(): Permission {
  if (!isSecureContext) return "insecure";
  if (typeof Notification !== "function") return "missing";
  return named(Notification.permission);
}

/** Asks the reader where nothing is decided so far. Browsers allow this on a click alone. */
export async function askPermission(): Promise<Permission> {
  const permission = currentPermission();
  return permission === "undecided" ? named(await Notification.requestPermission()) : permission;
}

function named(permission: NotificationPermission): Permission {
  return permission === "default" ? "undecided" : permission;
}

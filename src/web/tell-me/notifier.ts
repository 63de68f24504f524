/** Shows notifications, and not too many of them. */
import type { LogEvent } from "../event/event.ts";
import { describeEvent } from "../event/event.ts";
import type { Reading } from "../event/reading.ts";
import { shorten } from "../text/text.ts";
import { titleText } from "../text/visible-text.ts";

/** More often than this they only flicker. What comes in between is counted in the next one. */
const PAUSE_MS = 5000;

/** Notifications have little room. In characters. */
const MAX_TITLE_LENGTH = 80;
const MAX_BODY_LENGTH = 200;

export interface Match {
  readonly event: LogEvent;
  readonly reading: Reading;
  readonly question: string;
}

interface Options {
  /** Somebody clicked on the notification of this event. */
  readonly onClick: (event: LogEvent) => void;
  /** The browser can't show it after all. */
  readonly onRefused: () => void;
}

export class Notifier {
  readonly #options: Options;
  #shown: Notification | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: Match | undefined;
  /** How many came since somebody looked. */
  #count = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Shows it now, or with those that come in the next seconds. */
  tell(match: Match): void {
    this.#count++;
    this.#waiting = match;
    if (this.#timer === undefined) this.#show();
  }

  /** Somebody looks: there is nothing to tell any longer. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = undefined;
    this.#count = 0;
    this.#shown?.close();
    this.#shown = undefined;
  }

  #show(): void {
    this.#timer = undefined;
    const match = this.#waiting;
    if (match === undefined) return;
    this.#waiting = undefined;
    this.#timer = setTimeout(() => this.#show(), PAUSE_MS);
    const { title, body } = notificationText(match, this.#count);
    try {
      // One with the same tag takes the place of the one before.
      const shown = new Notification(title, {
        body,
        tag: `tailboard ${location.pathname} ${match.question}`,
      });
      shown.addEventListener("click", () => {
        this.forget();
        this.#options.onClick(match.event);
      });
      this.#shown = shown;
    } catch (error) {
      // On a phone only a service worker may show one: the constructor says so by a TypeError.
      if (!(error instanceof TypeError)) throw error;
      this.#options.onRefused();
    }
  }
}

/** @param count how many there are to tell of, this one among them */
export function notificationText({ event, reading, question }: Match, count: number) {
  const { type, summary } = describeEvent(event, reading);
  const typeText = type === undefined ? "" : titleText(type.text);
  const text = titleText(summary.text) || typeText || `Event ${event.id}`;
  const title = question || typeText || "New event";
  return {
    title: shorten(title, MAX_TITLE_LENGTH),
    body: shorten(count === 1 ? text : `${count} new. The newest: ${text}`, MAX_BODY_LENGTH),
  };
}

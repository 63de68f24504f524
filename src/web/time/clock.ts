/** Writes instants as a person reads them. */
import type { ReadonlySignal } from "@preact/signals";

import { isZone, offsetMs } from "../../columns/zone.ts";
import { textOf } from "../text/text.ts";
import { titleText } from "../text/visible-text.ts";

export interface TimeReading {
  /** Time of day with milliseconds, 12 or 24 hours as the locale has it. */
  readonly clock: string;
  /** The day, unless it is today. */
  readonly day: string | undefined;
  /** As in `+02:00`, where the same local time occurs twice: the clocks were put back. */
  readonly offset: string | undefined;
  readonly iso: string;
}

/** The zone that the page's reader lives in, and the time there. */
export interface Moment {
  readonly ms: number;
  /** A name of the IANA time zone database. */
  readonly zone: string;
}

export interface Clock {
  readonly zone: string;
  /** @param ms since 1970 */
  readonly read: (ms: number) => TimeReading;
  /** In ms since 1970, where the reader wants to see how long ago things were. */
  readonly now?: ReadonlySignal<number>;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Said of a value in the place of a time. */
export const UNREADABLE_TIME =
  "Not a time between 2005 and tomorrow in any form that Tailboard knows, so it stands as it is stored.";

export function currentMoment(): Moment {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  // A browser that does not know where it is says `Etc/Unknown`, which its own formatters refuse.
  return { ms: Date.now(), zone: isZone(timeZone) ? timeZone : "UTC" };
}

/** @returns as in `2026-03-04` */
export function dayIn(zone: string, ms: number): string {
  return new Date(ms + offsetMs(ms, zone)).toISOString().slice(0, 10);
}

/**
 * Making an Intl formatter costs a thousand times as much as using it, so make one of these and keep it.
 * @param today as `dayIn` has it: a time of another day is written with its day
 * @param locale a BCP 47 tag; the browser's own where it is left out
 */
export function createClock(zone: string, today: string, locale?: string): Clock {
  const clock = new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
  });
  const date = { timeZone: zone, day: "numeric", month: "short" } as const;
  const day = new Intl.DateTimeFormat(locale, date);
  const dayOfYear = new Intl.DateTimeFormat(locale, { ...date, year: "numeric" });

  return {
    zone,
    read: (ms) => {
      const ownDay = dayIn(zone, ms);
      const isOfYear = ownDay.slice(0, -6) === today.slice(0, -6);
      return {
        clock: clock.format(ms),
        day: ownDay === today ? undefined : (isOfYear ? day : dayOfYear).format(ms),
        offset: occursTwice(ms, zone) ? offsetText(offsetMs(ms, zone)) : undefined,
        iso: new Date(ms).toISOString(),
      };
    },
  };
}

/** What is said of a time on hover. */
export function timeTitle(iso: string, stored: unknown): string {
  return `${iso}\nstored as ${titleText(textOf(stored))}`;
}

function occursTwice(ms: number, zone: string): boolean {
  const [before, after] = [offsetMs(ms - DAY_MS, zone), offsetMs(ms + DAY_MS, zone)];
  if (before <= after) return false;
  const wallMs = ms + offsetMs(ms, zone);
  return [before, after].every((offset) => offsetMs(wallMs - offset, zone) === offset);
}

function offsetText(offset: number): string {
  const minutes = Math.abs(Math.round(offset / MINUTE_MS));
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0"));
  return `${offset < 0 ? "-" : "+"}${hours}:${rest}`;
}

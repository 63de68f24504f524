/** Offsets of time zones, held against the formatter of the runtime. */
import { expect, setDefaultTimeout, test } from "bun:test";

import { assert, constantFrom, integer, oneof, property, tuple } from "fast-check";

import { offsetMs } from "../../src/columns/zone.ts";
import { TEST_TIMEOUT_MS } from "../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

const MINUTE_MS = 60_000;
const ZONES = Intl.supportedValuesOf("timeZone");

/** The same by a formatter of its own, which remembers nothing. In ms. */
function plainOffset(instantMs: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "gregory",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(instantMs);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const wallMs = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return wallMs - Math.floor(instantMs / 1000) * 1000;
}

test("an offset that is remembered is that of the formatter, in every zone and at every instant", () => {
  const instant = oneof(
    integer({ min: Date.UTC(1950, 0), max: Date.UTC(2040, 0) }),
    // Near where a minute begins, as all changes do since 1973.
    tuple(integer({ min: 0, max: 36_000_000 }), integer({ min: -1000, max: 1000 })).map(
      ([minute, ms]) => minute * MINUTE_MS + ms,
    ),
  );
  assert(
    property(instant, constantFrom(...ZONES), (ms, zone) => {
      // Twice: the second one is remembered.
      expect([offsetMs(ms, zone), offsetMs(ms, zone)]).toEqual([
        plainOffset(ms, zone),
        plainOffset(ms, zone),
      ]);
    }),
    { numRuns: 3000 },
  );
});

test("the change of the clocks is where it is, to the millisecond", () => {
  const changeMs = Date.UTC(2026, 2, 29, 1);
  // In this order: what is remembered of one side counts for that side only.
  const instants = [changeMs - 1, changeMs, changeMs - 1, changeMs + 1];
  expect(instants.map((ms) => offsetMs(ms, "Europe/Berlin") / 3_600_000)).toEqual([1, 2, 1, 2]);
});

test("no change of any zone since 1973 is within a minute", () => {
  const changes: string[] = [];
  for (const zone of ZONES) {
    let before = plainOffset(Date.UTC(1973, 0), zone);
    // Month by month, and then the half of it again and again.
    for (let month = 1; month <= (2030 - 1973) * 12; month += 3) {
      const [from, to] = [Date.UTC(1973, month - 3), Date.UTC(1973, month)];
      const after = offsetMs(to, zone);
      if (after !== before) {
        let [low, high] = [from, to];
        while (high - low > 1) {
          const middle = Math.floor((low + high) / 2);
          if (offsetMs(middle, zone) === before) low = middle;
          else high = middle;
        }
        if (high % MINUTE_MS !== 0) changes.push(`${zone} ${new Date(high).toISOString()}`);
      }
      before = after;
    }
  }
  expect(changes).toEqual([]);
});

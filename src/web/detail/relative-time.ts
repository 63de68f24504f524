const UNITS = [
  ["day", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
] as const;

/** As in `12 min ago`. @param ms, nowMs since 1970 */
export function relativeTime(ms: number, nowMs: number): string {
  const distance = Math.abs(nowMs - ms);
  const [name, unitMs] = UNITS.find(([, each]) => distance >= each) ?? ["s", 1000];
  const count = Math.floor(distance / unitMs);
  if (count === 0) return "just now";
  const length = `${count.toLocaleString("en")} ${name === "day" && count > 1 ? "days" : name}`;
  return ms > nowMs ? `in ${length}` : `${length} ago`;
}

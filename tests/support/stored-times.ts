/** Instants as programs store them, in every form and in many spellings. */
import type { TimeForm } from "../../src/column-roles.ts";

/** A value of the form, near a moment. */
export function storedTime(form: TimeForm, ms: number, spelling: number): string | number | bigint {
  const iso = new Date(ms).toISOString();
  const count = (unitNs: bigint, startMs: number): bigint =>
    ((BigInt(ms) - BigInt(startMs)) * 1_000_000n) / unitNs;
  switch (form) {
    case "text":
      return (
        [
          iso,
          iso.replace("T", " ").slice(0, 19),
          `${iso.slice(0, 19)}+02:00`,
          `${iso.replace("T", " ").slice(0, 23)}456789 -0330 CET m=+0.5`,
          `${iso.slice(0, 16)}Z`,
          iso.slice(0, 10),
          `${iso.replace("T", " ").slice(0, 19)},25 UTC`,
          iso.slice(0, 16),
          `${iso.replace("T", " ").slice(0, 19)}+02`,
        ][spelling % 9] ?? iso
      );
    case "compact":
      return (
        [
          iso.replaceAll(/[-:T]/g, "").slice(0, 14),
          iso.replaceAll("-", "").slice(0, 8),
          `${iso.replaceAll(/[-:]/g, "").slice(0, 15)}Z`,
          iso.replaceAll(/[-:T]/g, "").slice(0, 12),
        ][spelling % 4] ?? ""
      );
    case "epoch-s":
      return [Math.floor(ms / 1000), ms / 1000, String(Math.floor(ms / 1000))][spelling % 3] ?? 0;
    case "epoch-ms":
      return [ms, ms + 0.25, String(ms)][spelling % 3] ?? 0;
    case "epoch-us":
      return BigInt(ms) * 1000n + BigInt(spelling % 1000);
    case "epoch-ns":
      return BigInt(ms) * 1_000_000n + BigInt(spelling % 1_000_000);
    case "julian":
      return ms / 86_400_000 + 2_440_587.5;
    case "webkit-us":
      return count(1000n, Date.UTC(1601, 0, 1)) + BigInt(spelling % 1000);
    case "filetime":
      return count(100n, Date.UTC(1601, 0, 1)) + BigInt(spelling % 10_000);
    case "mac-s":
      return (ms - Date.UTC(2001, 0, 1)) / 1000;
    case "mac-ns":
      return count(1n, Date.UTC(2001, 0, 1));
    case "dotnet":
      return count(100n, 0) + 621_355_968_000_000_000n + BigInt(spelling % 10_000);
  }
}

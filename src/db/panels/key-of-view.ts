import type { SampledColumn } from "../../columns/sample.ts";

/** A view declares no key. A column that differs in all rows is one, as far as can be seen. */
export function keyOfView(columns: readonly SampledColumn[], rows: number): readonly string[] {
  const found = columns.find(
    ({ values }) =>
      values.length === rows &&
      rows > 1 &&
      values.every((value) => typeof value === "string" || typeof value === "bigint") &&
      new Set(values).size === rows,
  );
  return found === undefined ? [] : [found.name];
}

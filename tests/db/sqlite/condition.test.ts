import { expect, test } from "bun:test";

import { Condition } from "../../../src/db/sqlite/condition.ts";
import { TableMissingError } from "../../../src/db/sqlite/table-errors.ts";

test("a change of the advice alone is shown, and is no news", () => {
  const told: (string | undefined)[] = [];
  const condition = new Condition((_state, problem) => told.push(problem?.advice));
  const missing = (...names: string[]): TableMissingError =>
    new TableMissingError({ name: "events", meant: { kind: "nothing" }, others: { names, more: 0 } });
  condition.noteFailure(missing(), "a.db", "events");
  condition.noteFailure(missing("jobs"), "a.db", "events");
  expect(condition.problem?.advice).toContain('It has "jobs"');
  expect(told).toEqual([expect.stringContaining("It has no table yet")]);
});

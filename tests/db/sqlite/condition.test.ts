import { expect, setDefaultTimeout, test } from "bun:test";

import { Condition } from "../../../src/db/sqlite/condition.ts";
import { TableMissingError } from "../../../src/db/sqlite/table-errors.ts";
import { TEST_TIMEOUT_MS, until } from "../../support/until.ts";

setDefaultTimeout(TEST_TIMEOUT_MS);

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

test("a lock that was met once is looked for again after 2 s, though nothing else looks", async () => {
  using condition: Condition = new Condition(
    () => {},
    () => condition.noteBusy(),
  );
  condition.noteWell();
  condition.noteBusy();
  expect(condition.state).toBe("tailing");
  await until(() => condition.state === "locked", "the lock to be told");
  condition.noteWell();
  condition.noteBusy();
  expect(condition.state).toBe("tailing");
});

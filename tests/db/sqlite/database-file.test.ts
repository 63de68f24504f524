import { describe, expect, test } from "bun:test";

import { Condition } from "../../../src/db/sqlite/condition.ts";
import { DatabaseFile } from "../../../src/db/sqlite/database-file.ts";

describe("before the file is opened", () => {
  /** A file that somebody else holds, and what it did. */
  function heldFile(): { file: DatabaseFile; letGo: () => void; released: Promise<void>; done: string[] } {
    const done: string[] = [];
    const { promise: released, resolve: letGo } = Promise.withResolvers<void>();
    const release = (): Promise<void> => {
      done.push("release");
      return released;
    };
    const condition = new Condition(() => undefined);
    const file = new DatabaseFile("/no/events.db", condition, () => done.push("retry"), release);
    return { file, letGo, released, done };
  }

  test("others are told once to let go of it, and then it is tried again", async () => {
    const { file, letGo, released, done } = heldFile();
    expect([file.isReleased(), file.isReleased()]).toEqual([false, false]);
    expect(done).toEqual(["release"]);
    letGo();
    await released;
    expect(done).toEqual(["release", "retry"]);
    file.isReleased();
    expect(done).toEqual(["release", "retry", "release"]);
    file[Symbol.dispose]();
  });

  test("it is not tried again after the end", async () => {
    const { file, letGo, released, done } = heldFile();
    file.isReleased();
    file[Symbol.dispose]();
    letGo();
    await released;
    expect(done).toEqual(["release"]);
  });
});

test("a read that SQLite refused closes the gate, and is a writer in the way", () => {
  using file = new DatabaseFile("/no/events.db", new Condition(() => undefined), () => undefined);
  expect(file.isReleased()).toBe(true);
  file.noteLocked();
  expect([file.condition.isBusy, file.gate.admits("live")]).toEqual([true, false]);
  file.noteRead(undefined);
  expect(file.condition.state).toBe("tailing");
});

import { expect, test } from "bun:test";

import { FIRST_READING } from "../../../src/web/event/reading.ts";
import {
  columnsOffered,
  columnsShown,
  gridColumns,
  MAX_OFFERED_COLUMNS,
  missingColumns,
  movedColumn,
  titleOf,
  toggledColumn,
} from "../../../src/web/log/columns.ts";

test("what the rows fill is shown until the reader chooses", () => {
  expect(columnsShown("time who", undefined)).toEqual(["time", "who", "what"]);
  expect(columnsShown("", undefined)).toEqual(["what"]);
  expect(columnsShown("time", ["=job", "what"])).toEqual(["=job", "what"]);
});

test("a chosen column that the table does not have is left out", () => {
  const row = { id: 1, job: "a", note: null, $names: {} };
  expect(missingColumns(["time", "=job", "=note", "what"], row)).toEqual([]);
  expect(missingColumns(["=region", "=job", "=names", "=$names"], row)).toEqual([
    "=region",
    "=names",
    "=$names",
  ]);
  // While there is no row, nobody knows.
  expect(missingColumns(["=region"], undefined)).toEqual([]);
  expect(columnsShown("time", ["time", "=region", "=job"], ["=region"])).toEqual(["time", "=job"]);
});

test("a choice of columns of which the table has none was made for another table", () => {
  expect(columnsShown("time who", ["time", "=region"], ["=region"])).toEqual(["time", "who", "what"]);
  expect(columnsShown("time", ["=region"], ["=region"])).toEqual(["time", "what"]);
  expect(columnsShown("time", ["time"], [])).toEqual(["time"]);
});

test("the summary has the room that the others leave, and without it they share it", () => {
  expect(gridColumns(["time", "=job", "what"])).toBe("var(--time-width) var(--own-width) minmax(8rem, 1fr)");
  expect(gridColumns(["id"])).toBe("minmax(var(--id-width), 1fr)");
});

test("a column is shown, hidden and moved, and the last one stays", () => {
  expect(toggledColumn(["time"], "=job")).toEqual(["time", "=job"]);
  expect(toggledColumn(["time", "=job"], "time")).toEqual(["=job"]);
  expect(toggledColumn(["time"], "time")).toEqual(["time"]);
  expect(movedColumn(["a", "b", "c"], "b", -1)).toEqual(["b", "a", "c"]);
  expect(movedColumn(["a", "b", "c"], "c", 1)).toEqual(["a", "b", "c"]);
});

test("every column of the table is offered, up to as many as a menu has room for", () => {
  const row = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`c${at}`, at]));
  expect(columnsOffered([row])).toHaveLength(MAX_OFFERED_COLUMNS);
  expect(columnsOffered([{ job: 1, $names: {} }]).at(-1)).toBe("=job");
  expect(titleOf("=time", FIRST_READING)).toBe("time");
  expect(titleOf("time", FIRST_READING)).toBe("Time");
});

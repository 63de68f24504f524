import { expect, test } from "bun:test";

import { copyOf, rowAsLine } from "../../src/web/copy.ts";

test("a row is one line: its values with tabs between them, and none within them", () => {
  expect(rowAsLine([7, "two\nlines", "a\tb", null, "", "x\r\ny", 1.5])).toBe(
    "7\ttwo lines\ta b\t\t\tx y\t1.5",
  );
});

test("a value is copied as it is stored", () => {
  expect(copyOf("two\nlines \u202E")).toBe("two\nlines \u202E");
  expect(copyOf(12)).toBe("12");
  expect(copyOf(null)).toBe("");
  expect(copyOf({ $base64: new TextEncoder().encode("text").toBase64() })).toBe("text");
  expect(copyOf({ $base64: Uint8Array.of(0, 255).toBase64() })).toBe("X'00ff'");
});

import { describe, expect, test } from "bun:test";

import { curlList, curlStream, eventSourceScript } from "../../src/web/detail/commands-of.ts";
import { neighbourIn } from "../../src/web/detail/neighbour.ts";

const BASE = "http://localhost:3000/log/";
const OPEN = { base: BASE, needsToken: false };
const GUARDED = { base: BASE, needsToken: true };

/** What a shell hands to curl. */
function shellArguments(command: string): string[] {
  const print = `curl() { for each in "$@"; do printf '%s\\0' "$each"; done; }\n${command}`;
  const { stdout, exitCode } = Bun.spawnSync([Bun.which("bash") ?? "sh", "-c", print]);
  expect(exitCode).toBe(0);
  return stdout.toString().split("\0").slice(0, -1);
}

describe("curl", () => {
  test("without a question", () => {
    expect(curlList(OPEN, "")).toBe("curl -sG http://localhost:3000/log/api/events");
    expect(curlStream(OPEN, "")).toBe("curl -NG http://localhost:3000/log/api/events/stream");
  });

  test("with a token: its name, for the shell to put in", () => {
    expect(curlList(GUARDED, "")).toBe(
      'curl -sG -H "Authorization: Bearer $TAILBOARD_TOKEN" http://localhost:3000/log/api/events',
    );
    expect(shellArguments(`TAILBOARD_TOKEN=abc; ${curlStream(GUARDED, "a b")}`)).toEqual([
      "-NG",
      "-H",
      "Authorization: Bearer abc",
      `${BASE}api/events/stream`,
      "--data-urlencode",
      "q=a b",
    ]);
  });

  test.each(["type:task_failed since:2h", `it's "a" $HOME \`x\``, "a\nb!\u202E", "-summary:*"])(
    "hands the question over as it is: %j",
    (question) => {
      expect(shellArguments(curlList(OPEN, question))).toEqual([
        "-sG",
        `${BASE}api/events`,
        "--data-urlencode",
        `q=${question}`,
      ]);
    },
  );
});

test("the script for an EventSource has nothing of the question but in its address", () => {
  const script = eventSourceScript(OPEN, '");alert(1)//\n\u2028');
  expect(script).toContain('new URL("http://localhost:3000/log/api/events/stream?q=%22%29%3Balert%281%29');
  expect(script).not.toContain("alert(1)");
});

test("the script for an EventSource says where it runs, where a token is needed", () => {
  expect(eventSourceScript(GUARDED, "")).toStartWith(
    "// Runs on a page of http://localhost:3000 in a browser",
  );
  expect(eventSourceScript(OPEN, "")).toStartWith("const url");
});

test("the events next to another one", () => {
  const events = [5n, 3n, 2n].map((id) => ({ id, json: {} }));
  expect(neighbourIn(events, 3n, "newer")).toBe(5n);
  expect(neighbourIn(events, 3n, "older")).toBe(2n);
  expect(neighbourIn(events, 5n, "newer")).toBeUndefined();
  expect(neighbourIn(events, 2n, "older")).toBeUndefined();
  // It has left the list at its end.
  expect(neighbourIn(events, 1n, "newer")).toBe(2n);
});

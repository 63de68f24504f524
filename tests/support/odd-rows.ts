/** Rows that try what a page can take. All of them are text, and have to be shown as that. */
import { insertSql } from "./board.ts";
import type { Writer } from "./writer.ts";

export interface OddRow {
  readonly name: string;
  readonly columns: Readonly<Record<string, string | number>>;
  /** Beyond 2^53; the next free one where it is left out. */
  readonly id?: bigint;
}

const LARGE_FIELDS = 20_000;
const DEPTH = 10_000;

/** Sets `window.isAttacked` where the page runs it. */
const SCRIPT = "window.isAttacked = true";

export const ODD_ROWS: readonly OddRow[] = [
  {
    name: "a script",
    columns: {
      event_type: `<script>${SCRIPT}</script>`,
      actor_id: `"><img src=x onerror="${SCRIPT}">`,
      summary: `<svg onload="${SCRIPT}"><b>bold</b>`,
      metadata: JSON.stringify({ html: `<iframe srcdoc="<script>parent.isAttacked = true</script>">` }),
    },
  },
  {
    name: "a javascript: link",
    columns: { event_type: "link", target_id: `javascript:${SCRIPT}`, summary: `javascript:${SCRIPT}` },
  },
  {
    name: "right-to-left marks",
    columns: {
      event_type: "bidi",
      actor_id: "\u202Eadmin",
      summary: "invoice\u202Efdp.exe \u200Band\u2066 more",
    },
  },
  {
    name: "ANSI escapes",
    columns: { event_type: "ansi", summary: "\u001B[31mred\u001B[0m \u001B[2J\u001B[Hcleared \u0007bell" },
  },
  {
    name: "1 MB of JSON",
    columns: {
      event_type: "large",
      summary: "1 MB of JSON",
      metadata: JSON.stringify(
        Object.fromEntries(
          Array.from({ length: LARGE_FIELDS }, (_, at) => [`field ${at}`, `the value number ${at} of many`]),
        ),
      ),
    },
  },
  {
    name: "deep JSON",
    columns: {
      event_type: "deep",
      summary: "JSON that goes deep",
      metadata: `${"[".repeat(DEPTH)}1${"]".repeat(DEPTH)}`,
    },
  },
  {
    name: "an id beyond 2^53",
    columns: { event_type: "large-id", summary: "an id beyond 2^53" },
    id: 2n ** 53n + 1n,
  },
];

/** @returns the ids of the rows, in the order of `ODD_ROWS` */
export async function insertOdd(writer: Writer): Promise<string[]> {
  const ids: string[] = [];
  for (const [at, { columns, id = BigInt(at + 1) }] of ODD_ROWS.entries()) {
    // Written as a number: a text with its digits would do, and a JavaScript number would not.
    await writer.run(insertSql({ ...columns, id: String(id) }));
    ids.push(String(id));
  }
  return ids;
}

/** One row whole, in pieces. */
import { rowJsonPieces } from "../../../rows/json.ts";
import type { OpenTable } from "./open-table.ts";
import type { LongRead } from "./protocol.ts";
import type { Steps } from "./step.ts";

/** What is sent at once, at least, so that a row of many small columns is not a message for each. In bytes. */
const PIECE_BYTES = 131_072;

export function* event(table: OpenTable, { id, maxBytes }: Extract<LongRead, { kind: "event" }>): Steps {
  const { columns, rows } = yield* table.read(() => table.reader.readOne(id, maxBytes));
  const [row] = rows;
  yield { kind: "answer", answer: { kind: "event", isFound: row !== undefined } };
  if (row === undefined) return;
  let text = "";
  for (const piece of rowJsonPieces(columns, row)) {
    text += piece;
    if (text.length < PIECE_BYTES) continue;
    yield { kind: "piece", bytes: Buffer.from(text) };
    text = "";
  }
  yield { kind: "piece", bytes: Buffer.from(text) };
}

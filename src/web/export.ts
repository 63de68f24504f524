/** Where everything can be had that a question matches. */
import { asParameter } from "./asked.ts";

export type ExportFormat = "ndjson" | "csv";

export function exportAddress(format: ExportFormat, question: string): string {
  return `api/events/export?format=${format}${asParameter(question)}`;
}

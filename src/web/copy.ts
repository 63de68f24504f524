/** What is copied of a row, and how it gets onto the clipboard. */
import { blobAsSql, readBlob } from "./text/blob.ts";
import { base64Of, textOf } from "./text/text.ts";

/** The value as it is stored. Bytes that are no text become a literal of SQL. */
export function copyOf(value: unknown): string {
  const base64 = base64Of(value);
  if (base64 === undefined) return textOf(value);
  const { kind, text } = readBlob(base64);
  return kind === "binary" ? blobAsSql(base64) : text;
}

/** One line for a spreadsheet: the values with tabs between them. */
export function rowAsLine(values: readonly unknown[]): string {
  return values
    .map((value) => copyOf(value).replaceAll(/\r\n|[\t\n\v\f\r\u0085\u2028\u2029]/g, " "))
    .join("\t");
}

/** @returns false when the browser refuses */
export async function copyText(text: string): Promise<boolean> {
  // The clipboard API is there on HTTPS and on localhost alone.
  const { clipboard } = navigator as Partial<Pick<Navigator, "clipboard">>;
  try {
    if (clipboard !== undefined) {
      await clipboard.writeText(text);
      return true;
    }
  } catch (error) {
    // Without the permission, or in a frame that may not: the older way often still works.
    if (!(error instanceof DOMException)) throw error;
  }
  return copyByCommand(text);
}

/** The way from before the clipboard API: selects the text in a field that nobody sees. */
function copyByCommand(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "visually-hidden";
  field.setAttribute("aria-hidden", "true");
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return isCopied;
}

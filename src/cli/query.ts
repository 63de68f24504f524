/** `tailboard query`: prints what is there, and ends. */
import type { ExportFormat } from "../archive.ts";
import { printable } from "../process/printable.ts";
import type { QueryOptions } from "../reader-options.ts";
import type { LogSource } from "./log-source.ts";
import { Notices } from "./notices.ts";
import { createPrinter } from "./printer.ts";
import { sourceOf } from "./source-of.ts";
import { writeOutput } from "./standard-output.ts";
import type { Terminal } from "./terminal.ts";

/** What a server gives at a time. */
const PAGE_ROWS = 500;

/** @throws SourceError, OutputClosedError */
export async function query(options: QueryOptions, terminal: Terminal | undefined): Promise<void> {
  await using notices = new Notices(undefined);
  await using source = await sourceOf(options.place, {
    // Who wants an answer gets the problem as the answer.
    onState: () => undefined,
    onError: (operation, message) => notices.error(operation, message),
    onWarning: (message) => notices.warning(message),
  });
  if (options.exportFormat === undefined) await printPages(source, options, terminal);
  else await printExport(source, options, options.exportFormat, terminal);
}

/** Newest first; after an id oldest first. A page that ended early, by its size or by time, is gone on with. */
async function printPages(
  source: LogSource,
  { where, since, until, lines, json, ...ends }: QueryOptions,
  terminal: Terminal | undefined,
): Promise<void> {
  const printer = createPrinter(json, terminal);
  let { after, before } = ends;
  let isRead = false;
  for (let left = lines; left > 0;) {
    const rows = Math.min(left, PAGE_ROWS);
    const { items, next } = await source.page({ where, since, until, after, before, rows });
    if (!isRead && !json) printer.read(await source.reading());
    isRead = true;
    await writeOutput(items.map((item) => printer.line(JSON.stringify(item))).join(""));
    left -= items.length;
    if (next === undefined) return;
    if (after === undefined) before = next;
    else after = next;
  }
}

async function printExport(
  source: LogSource,
  { where, since, until }: QueryOptions,
  format: ExportFormat,
  terminal: Terminal | undefined,
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const piece of await source.export({ where, since, until }, format)) {
    // A terminal obeys what a file keeps. The line ends are those of the format.
    await writeOutput(
      terminal === undefined
        ? piece
        : decoder
            .decode(piece, { stream: true })
            .split(/(\r?\n)/)
            .map((part) => (/^\r?\n$/.test(part) ? part : printable(part)))
            .join(""),
    );
  }
}

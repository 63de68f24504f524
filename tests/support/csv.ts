/** Reads CSV as in RFC 4180, written for the tests: a quoted empty field is told from one without anything. */

/** @throws Error where a line does not end as it should */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const record: string[] = [];
    for (;;) {
      const field = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(text.slice(at));
      if (field === null) throw new Error(`no CSV: ${JSON.stringify(text.slice(at, at + 40))}`);
      at += field[0].length;
      record.push(field[1]?.replaceAll('""', '"') ?? field[2] ?? "");
      if (field[3] === "\r\n") break;
    }
    records.push(record);
  }
  return records;
}

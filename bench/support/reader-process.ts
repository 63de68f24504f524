/**
 * A client that reads one answer again and again: `bun reader-process.ts URL`. A line of input has it say how
 * often it has read.
 */
import process from "node:process";

const [url = ""] = process.argv.slice(2);
let answers = 0;

async function readOn(): Promise<void> {
  for (;;) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    // Taken and thrown away.
    for await (const _ of response.body ?? []);
    answers++;
  }
}

void readOn();
for await (const _ of console) {
  console.log(String(answers));
  break;
}
process.exit(0);

/**
 * Pictures of the page with each table of tests/fixtures/tables.json, to be looked at: `bun bench/screens.ts FOLDER`.
 * With a name after the folder only the tables whose names begin with it.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { Tab } from "../tests/support/browser.ts";
import { createCase, TABLE_CASES, type TableCase, zoneOf } from "../tests/support/cases.ts";
import { Scratch } from "../tests/support/scratch.ts";
import { Server } from "../tests/support/server.ts";
import { savePicture } from "./support/picture.ts";

const WIDTH = 1280;
const HEIGHT = 560;

async function picture(each: TableCase, file: string): Promise<void> {
  using scratch = new Scratch();
  const path = scratch.path(`${each.name}.db`);
  createCase(path, each);
  await using server = await Server.start([path, "--table", each.table, "--time-zone", zoneOf(each)]);
  await using tab = await Tab.open(server.url, { width: WIDTH, height: HEIGHT });
  await tab.untilText("#connection-status", "Connected");
  await savePicture(tab, file);
}

const [folder, only = ""] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: bun bench/screens.ts FOLDER [NAME]");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
for (const each of TABLE_CASES.filter(({ name }) => name.startsWith(only))) {
  const file = join(folder, `${each.name}.png`);
  await picture(each, file);
  console.log(file);
}
process.exit(0);

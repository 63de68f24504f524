/**
 * The pictures of README.md and docs/: `bun bench/screenshots.ts [NAME …]` writes docs/screenshots/NAME.png, all where none
 * is named. What happens in them is always the same; only their clock goes on.
 */
import { dirname, join } from "node:path";

import { Board, insertSql } from "../tests/support/board.ts";
import { Tab } from "../tests/support/browser.ts";
import { PAGE_STATES } from "../tests/support/page-states.ts";
import { until } from "../tests/support/until.ts";
import { resize, savePicture, type Size } from "./support/picture.ts";

interface Picture {
  /** Of tests/support/page-states.ts; "live" where it is left out. */
  readonly state?: string;
  readonly scheme?: "light" | "dark";
  readonly size?: Size;
  /** Only this element. */
  readonly selector?: string;
  /** What happens to the file. */
  readonly sql?: string;
  /** What has to be in sight then. */
  readonly wait?: string;
}

const FOLDER = join(import.meta.dir, "../docs/screenshots");
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

const PICTURES: Readonly<Record<string, Picture>> = {
  light: {},
  dark: { scheme: "dark" },
  phone: { size: PHONE },
  detail: { state: "detail" },
  panels: { selector: "#panels" },
  story: { state: "story-of-a-row", scheme: "dark" },
  problem: { sql: "ALTER TABLE events RENAME TO job_events", wait: "#problem" },
};

/** What happens while somebody looks: without it the page would say that nothing does. */
const MEANWHILE = [
  insertSql({ event_type: "heartbeat", actor_id: "agent-birch", summary: "agent-birch is alive" }),
  insertSql({
    event_type: "task_failed",
    actor_id: "agent-cedar",
    target_id: "job-1132",
    target_type: "job",
    summary: "Could not sync the mirror",
    metadata: '{"attempt":1,"error":"disk quota exceeded"}',
  }),
  "UPDATE work_items SET state = 'failed' WHERE id = 'job-1132'",
  "UPDATE agents SET status = 'idle', item = NULL WHERE id = 'agent-cedar'",
  insertSql({
    event_type: "task_completed",
    actor_id: "agent-amber",
    target_id: "job-1134",
    target_type: "job",
    summary: "Finished: index the archive",
    metadata: '{"seconds":48.3,"attempt":1}',
  }),
  "UPDATE work_items SET state = 'done' WHERE id = 'job-1134'",
];

async function take(name: string, picture: Picture): Promise<void> {
  const { state = "live", scheme = "light", size = DESKTOP } = picture;
  await using board = await Board.openCrew();
  const { query = "", enter } = PAGE_STATES[state] ?? {};
  await using tab = await Tab.open(board.server.url + query, { ...size, scheme });
  await resize(tab, size);
  await tab.untilText("#connection-status", "Connected");
  await board.writer.run(MEANWHILE);
  await until(
    () => tab.evaluate<boolean>("document.querySelector('.rate').textContent !== '0 events/s'"),
    "a rate",
  );
  await enter?.(tab, board);
  if (picture.sql !== undefined) await board.writer.run(picture.sql);
  if (picture.wait !== undefined) await tab.untilText(picture.wait, /./);
  // The folder of a test says nothing to a reader.
  await tab.evaluate(`document.querySelectorAll("#problem *").forEach(({ firstChild }) => {
    if (firstChild?.nodeType === 3) firstChild.data = firstChild.data.replace(${JSON.stringify(dirname(board.path))}, "/srv/crew");
  })`);
  await savePicture(tab, join(FOLDER, `${name}.png`), picture.selector);
  console.log(`docs/screenshots/${name}.png`);
}

const named = process.argv.slice(2);
for (const [name, picture] of Object.entries(PICTURES)) {
  if (named.length === 0 || named.includes(name)) await take(name, picture);
}
process.exit(0);

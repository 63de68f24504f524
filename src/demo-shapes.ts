/** Other shapes of tables that `--demo SHAPE` shows: a job queue, an audit log, and the states of a house. */

export interface DemoShape {
  readonly table: string;
  /** SQL that creates the table and what it references. */
  readonly schema: string;
  readonly insert: string;
  /** The values of the next row. @param count of the rows so far */
  readonly row: (count: number) => (string | number | null)[];
}

const PEOPLE = ["ann", "bob", "chen", "dora"];
const ROOMS = ["kitchen", "hall", "attic", "garden"];
const JOBS = ["ResizeImageJob", "SendMailJob", "ImportFeedJob", "CleanUpJob"];

export const DEMO_SHAPES: Readonly<Record<string, DemoShape>> = {
  /** Times in milliseconds, a state as a number, arguments as JSON. */
  jobs: {
    table: "job_runs",
    schema:
      "CREATE TABLE job_runs (id INTEGER PRIMARY KEY, queue TEXT, job_class TEXT, args TEXT, attempts INTEGER, worker TEXT, created_ms INTEGER, run_at INTEGER, finished_ms INTEGER, last_error TEXT)",
    insert:
      "INSERT INTO job_runs(queue, job_class, args, attempts, worker, created_ms, run_at, finished_ms, last_error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    row(count) {
      const isFailed = Math.random() < 0.15;
      const error = "Error: connection reset by peer\n    at send (mail.ts:41)\n    at retry (queue.ts:17)";
      return [
        count % 3 === 0 ? "mailers" : "default",
        pick(JOBS),
        JSON.stringify({ id: 7000 + count, retry: isFailed }),
        isFailed ? 2 : 1,
        `worker-${(count % 4) + 1}`,
        Date.now(),
        Date.now() + 3_600_000,
        isFailed ? null : Date.now(),
        isFailed ? error : null,
      ];
    },
  },
  /** Text keys beside the rowid, names by foreign key, times as SQLite writes them. */
  audit: {
    table: "audit",
    schema: `CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);
      INSERT INTO users VALUES ${PEOPLE.map((name, at) => `(${at + 1}, '${name}@example.org')`).join(", ")};
      CREATE TABLE audit (uuid TEXT PRIMARY KEY, user_id INTEGER REFERENCES users(id), action TEXT, object_id TEXT, comment TEXT, changes TEXT, occurred_at TEXT DEFAULT CURRENT_TIMESTAMP)`,
    insert: "INSERT INTO audit(uuid, user_id, action, object_id, comment, changes) VALUES (?, ?, ?, ?, ?, ?)",
    row(count) {
      const action = pick(["created", "updated", "approved", "rejected"]);
      const invoice = `invoice-${300 + (count % 40)}`;
      const total = { total: [10 + count, 12 + count] };
      return [
        crypto.randomUUID(),
        (count % PEOPLE.length) + 1,
        action,
        invoice,
        action === "rejected" ? "The amount differs from the order" : null,
        JSON.stringify(total),
      ];
    },
  },
  /** States as numbers and texts, seconds with a fraction, most columns empty. */
  home: {
    table: "states",
    schema: `CREATE TABLE entities (entity_id INTEGER PRIMARY KEY, entity TEXT);
      INSERT INTO entities VALUES ${ROOMS.map((room, at) => `(${at + 1}, 'sensor.${room}')`).join(", ")};
      CREATE TABLE states (state_id INTEGER PRIMARY KEY, old_entity CHAR(0), state TEXT, attributes TEXT, last_updated CHAR(0), last_updated_ts FLOAT, entity_id INTEGER REFERENCES entities(entity_id), origin INTEGER)`,
    insert:
      "INSERT INTO states(state, attributes, last_updated_ts, entity_id, origin) VALUES (?, ?, ?, ?, 0)",
    row(count) {
      const isTemperature = count % 2 === 0;
      return [
        isTemperature ? (19 + Math.random() * 4).toFixed(1) : pick(["on", "off"]),
        JSON.stringify(isTemperature ? { unit: "°C" } : { device_class: "light" }),
        Date.now() / 1000,
        (count % ROOMS.length) + 1,
      ];
    },
  },
};

function pick(texts: readonly string[]): string {
  return texts[Math.floor(Math.random() * texts.length)] ?? "";
}

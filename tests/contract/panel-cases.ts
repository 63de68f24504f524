/** What tables beside a log answer, whatever the database. */

/** In the SQL that both databases take. */
export const TABLES: readonly string[] = [
  "CREATE TABLE agents (id INTEGER PRIMARY KEY, name TEXT, status TEXT, api_key TEXT, last_seen TEXT)",
  `INSERT INTO agents VALUES (1, 'ann', 'idle', 'sk-1', '2026-03-04T10:00:00Z'), (2, 'Bob', 'busy', 'sk-2', '2026-03-04T11:00:00Z'),
    (3, 'bot*7', 'busy', NULL, '2026-03-05T10:00:00Z'), (4, 'ünal', NULL, 'sk-4', NULL)`,
  `CREATE TABLE jobs (id INTEGER PRIMARY KEY, agent_id INTEGER REFERENCES agents (id), title TEXT, state TEXT, attempts INTEGER)`,
  `INSERT INTO jobs VALUES (10, 1, 'first', 'done', 3), (11, 2, 'second', 'open', NULL), (12, 2, 'third', 'open', 1), (15, NULL, 'fourth', 'done', 2)`,
  "CREATE TABLE pairs (a TEXT, b INTEGER, note TEXT, PRIMARY KEY (a, b))",
  "INSERT INTO pairs VALUES ('x', 1, 'one'), ('x', 2, 'two'), ('y', 1, '=three')",
  "CREATE TABLE empty_one (id INTEGER PRIMARY KEY, word TEXT)",
  "CREATE VIEW busy AS SELECT name, status FROM agents WHERE status = 'busy'",
];

export interface PanelCase {
  readonly name: string;
  readonly table: string;
  readonly q?: string;
  readonly sort?: string;
  readonly group?: string;
  /** The keys of all pages of two rows. */
  readonly keys: readonly string[];
  /** As the answer names it, where that is not `sort`. */
  readonly order?: string;
  /** Each database has an order of its own. */
  readonly hasAnyOrder?: boolean;
}

export const PAGES: readonly PanelCase[] = [
  { name: "by the key", table: "agents", keys: ["1", "2", "3", "4"], order: "id" },
  { name: "by the key, backwards", table: "agents", sort: "-id", keys: ["4", "3", "2", "1"] },
  { name: "whatever the case of the name", table: "AGENTS", keys: ["1", "2", "3", "4"], order: "id" },
  { name: "sorted, nothing first", table: "jobs", sort: "attempts", keys: ["11", "12", "15", "10"] },
  {
    name: "sorted backwards, nothing last",
    table: "jobs",
    sort: "-attempts",
    keys: ["10", "15", "12", "11"],
  },
  { name: "sorted by what is the same", table: "jobs", sort: "state", keys: ["10", "15", "11", "12"] },
  { name: "the same, backwards", table: "jobs", sort: "-state", keys: ["12", "11", "15", "10"] },
  { name: "a word", table: "agents", q: "BO", keys: ["2", "3"], order: "id" },
  { name: "a field", table: "agents", q: "status:busy -name:Bob", keys: ["3"], order: "id" },
  { name: "nothing", table: "agents", q: 'status:""', keys: ["4"], order: "id" },
  { name: "a time", table: "agents", q: "since:2026-03-04T11:00Z", keys: ["2", "3"], order: "id" },
  { name: "a comparison", table: "jobs", q: "attempts:2..3", keys: ["10", "15"], order: "id" },
  { name: "what a reference shows", table: "jobs", q: "agent_id:Bob", keys: ["11", "12"], order: "id" },
  { name: "a group", table: "agents", group: "busy", keys: ["2", "3"], order: "id" },
  { name: "the group of nothing", table: "agents", group: "", keys: ["4"], order: "id" },
  {
    name: "a key of two columns",
    table: "pairs",
    keys: ['["x",1]', '["x",2]', '["y",1]'],
    hasAnyOrder: true,
  },
  { name: "an empty table", table: "empty_one", keys: [], order: "id" },
];

/** What is refused: why, and part of the message. */
export const REFUSED: readonly {
  readonly name: string;
  readonly asked: Partial<PanelCase> & { readonly after?: string };
  readonly error: object;
}[] = [
  { name: "no table", asked: { table: "nothing" }, error: { name: "PanelError", reason: "no-table" } },
  { name: "the log", asked: { table: "events" }, error: { name: "PanelError", reason: "no-table" } },
  {
    name: "no column to sort by",
    asked: { table: "agents", sort: "nothing" },
    error: { name: "PanelError", reason: "parameter" },
  },
  {
    name: "sorting by a secret",
    asked: { table: "agents", sort: "api_key" },
    error: { name: "PanelError", reason: "parameter" },
  },
  {
    name: "asking for a secret",
    asked: { table: "agents", q: "api_key:sk-1" },
    error: { name: "QuestionError", at: 0 },
  },
  {
    name: "no place",
    asked: { table: "agents", after: "nonsense" },
    error: { name: "PanelError", reason: "parameter" },
  },
  {
    name: "groups of a table without a status",
    asked: { table: "pairs", group: "x" },
    error: { name: "PanelError", reason: "parameter" },
  },
];

/** What a log answers, whatever the database: one table of cases that every kind must pass. */

/** A row of the documented table. */
export interface CaseRow {
  readonly id: number;
  /** ISO 8601 in UTC; null is none. */
  readonly at: string | null;
  readonly type: string;
  readonly actor: string | null;
  readonly target: string | null;
  readonly summary: string;
  readonly metadata: unknown;
}

const row = (
  id: number,
  at: string | null,
  type: string,
  actor: string | null,
  target: string | null,
  summary: string,
  metadata: unknown = null,
): CaseRow => ({ id, at, type, actor, target, summary, metadata });

export const ROWS: readonly CaseRow[] = [
  row(1, "2026-03-04T09:00:00.000Z", "deploy", "ann", "web", "Deployed to the web servers", {
    attempt: 1,
    ok: true,
  }),
  row(2, "2026-03-04T10:00:05.000Z", "task_done", "ann", "job-1", "All is well", {
    error: { code: 7 },
    list: [1, { x: "y" }],
  }),
  row(3, "2026-03-04T10:00:30.500Z", "task_failed", "Bob B.", "job-10", "Out of MEMORY: 100% _used_", {
    error: { code: "7" },
    ok: false,
    name: "über",
  }),
  row(5, "2026-03-04T10:00:50.000Z", "task_failed", "", "job-11", "Öl und Straße [x]", {
    deep: "needle",
    n: 2.5,
  }),
  row(6, null, "note", null, "C:\\x", 'a "quoted" word', { say: 'a "quoted" word', "a.b c": 1, "1": "one" }),
  row(8, "2026-03-04T11:00:00.000Z", "deploy*", "ann", "007", "tab\there, a comma", {
    at: "2026-03-04T10:30:00Z",
  }),
  row(9, "2026-03-05T00:00:00.000Z", "heartbeat", "bot*7", "7", "=1+1", {}),
  row(20, "2026-03-05T12:00:00.123Z", "task_done", "ann", "job-2", "deploy again", {
    attempt: 3,
    list: ["y"],
  }),
];

/** What is asked, and the ids that are found, oldest first. */
export const QUESTIONS: readonly (readonly [question: string, ids: readonly number[]])[] = [
  ["", [1, 2, 3, 5, 6, 8, 9, 20]],
  ["deploy", [1, 8, 20]],
  ["DEPLOY", [1, 8, 20]],
  ["deploy again", [20]],
  ['"out of memory"', [3]],
  ["out*memory", [3]],
  ["öl", [5]],
  ["STRASSE", []],
  ["straße", [5]],
  ["100%", [3]],
  ["_used_", [3]],
  // Nothing but a star stands for other letters.
  ["u_ed", []],
  ["O%Y", []],
  ["target:job_1", []],
  ["target:job-1%*", []],
  ["target:job-?*", []],
  ["[x]", [5]],
  ['"a \\"quoted\\" word"', [6]],
  ["needle", [5]],
  ["attempt", [1, 20]],
  ["-deploy", [2, 3, 5, 6, 9]],
  ["type:task_failed", [3, 5]],
  ["type:task_done,task_failed", [2, 3, 5, 20]],
  ["type:task*", [2, 3, 5, 20]],
  ["type:TASK*", []],
  ['type:"deploy\\*"', [8]],
  ["-type:task*", [1, 6, 8, 9]],
  ['actor:""', [5, 6]],
  ['-actor:""', [1, 2, 3, 8, 9, 20]],
  ['actor:"Bob B."', [3]],
  ["-actor:ann", [3, 5, 6, 9]],
  ["target:7", [9]],
  ["target:>=7", [8, 9]],
  ["target:C:\\x", [6]],
  ["id:5", [5]],
  ["id:>=9", [9, 20]],
  ["id:2..6", [2, 3, 5, 6]],
  ["id:..2", [1, 2]],
  ["id:9223372036854775807", []],
  ["metadata.error.code:7", [2, 3]],
  ["metadata.attempt:>=2", [20]],
  ["metadata.attempt:1..3", [1, 20]],
  ["metadata.n:2.5", [5]],
  ["metadata.n:2.50", [5]],
  ["metadata.ok:true", [1]],
  ["metadata.ok:false", [3]],
  ["metadata.ok:1", []],
  ["metadata.list[0]:1", [2]],
  ["metadata.list[0]:y", [20]],
  ["metadata.list[1].x:y", [2]],
  ["metadata.1:one", [6]],
  // A name is no place of an array, and a value is no array of one.
  ["metadata.list.x:y", []],
  ["metadata.list.0:1", []],
  ["metadata.attempt[0]:1", []],
  ['metadata.list[2]:"" id:2', [2]],
  ['metadata."a.b c":1', [6]],
  ["metadata.name:ü*", [3]],
  ['metadata.error:"" id:<=3', [1]],
  ["metadata.at:>2026-03-04T10:00Z", [8]],
  ["since:2026-03-05", [9, 20]],
  ["until:2026-03-04", [1, 2, 3, 5, 8]],
  ["-since:2026-03-05", [1, 2, 3, 5, 6, 8]],
  ["time:2026-03-04T10:00Z", [2, 3, 5]],
  ["time:2026-03-04T10:00:30Z", [3]],
  ["time:2026-03-04T10:00:30.500Z", [3]],
  ["time:>2026-03-04T10:00Z", [8, 9, 20]],
  ["time:<2026-03-04T10:00Z", [1]],
  ["time:2026-03-04T12:00+02:00..2026-03-04T13:00+02:00", [2, 3, 5, 8]],
  ['time:"2026-03-05 12:00:00.123"', [20]],
  ['time:""', [6]],
  ['time:"2026-03-04 11:00:30.500 +0100 CET"', [3]],
  ["until:1h", [1, 2, 3, 5, 8, 9, 20]],
  ["since:1s", []],
  ["type:task_failed metadata.deep:needle -actor:ann until:2026-03-04", [5]],
];

/** What can't be answered: the question, where in it, and part of the message. */
export const REFUSED: readonly (readonly [question: string, at: number, message: string])[] = [
  ["typ:x", 0, 'There is no field "typ". Did you mean "type"?'],
  ["deploy id:x", 7, "is no id"],
  ["time:soon", 0, "is neither a number nor a time"],
  ["time:2h", 0, "ago is a moment"],
  ["summary:>x", 0, "is neither a number nor a time"],
  ["since:never", 0, "is no time"],
];

/** Rows as programs that coordinate work write them: about 250 bytes on the wire. */

export type SampleRow = readonly [
  timestamp: string,
  eventType: string,
  actorId: string,
  targetId: string,
  targetType: string,
  summary: string,
  metadata: string | null,
];

const TYPES = ["task_claimed", "task_completed", "task_failed", "heartbeat", "agent_started"];
const COLUMNS = ["timestamp", "event_type", "actor_id", "target_id", "target_type", "summary", "metadata"];

/** @param paddingBytes the size of the metadata; none with 0 */
export function sampleRow(seed: number, paddingBytes: number): SampleRow {
  return [
    new Date().toISOString(),
    TYPES[seed % TYPES.length] ?? "",
    `worker-${seed % 12}`,
    `job-${seed % 1000}`,
    "job",
    `did step ${seed % 7} of job ${seed % 1000}, and the next one is due`,
    paddingBytes === 0 ? null : JSON.stringify({ log: "x".repeat(paddingBytes) }),
  ];
}

/** A row as Tailboard puts it into JSON: the peers that are fed send the same bytes. */
export function rowJson(id: number, row: SampleRow): string {
  const fields = COLUMNS.map((column, index) => `"${column}":${JSON.stringify(row[index])}`);
  return `{"id":${id},${fields.join(",")}}`;
}

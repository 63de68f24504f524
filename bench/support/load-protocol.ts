/** What the load generator is told, a line of JSON each, and what it answers. */
import type { Asked } from "./asked.ts";

/** A stream is asked to begin after `lastEventId`; the first event has to be the one after `afterId`. */
export interface OpenCommand {
  readonly do: "open";
  readonly group: string;
  readonly count: number;
  readonly afterId: number;
  readonly lastEventId: number | null;
  /** Questions that the streams ask, one after the other; none where it is empty. */
  readonly asked: readonly Asked[];
}

/** Connects and leaves, over and over: while the request is on its way, or once the stream has begun. */
export interface ChurnCommand {
  readonly do: "churn";
  readonly cycles: number;
  readonly leave: "at-start" | "in-stream";
}

/** Waits until every client of a group has an ID. */
export interface AwaitCommand {
  readonly do: "await";
  readonly group: string;
  readonly id: number;
  readonly timeoutMs: number;
}

/** Writes `[firstId, lastId, receivedAt]` of every read of a group to a file, as doubles, and forgets them. */
export interface RecordsCommand {
  readonly do: "records";
  readonly group: string;
  readonly file: string;
}

/** `reconnect` opens each ended stream of a group again with the last ID that it has. */
export interface GroupCommand {
  readonly do: "pause" | "resume" | "reconnect" | "report" | "close";
  readonly group: string;
}

export type LoadCommand = OpenCommand | ChurnCommand | AwaitCommand | RecordsCommand | GroupCommand;

export interface GroupReport {
  readonly clients: number;
  /** Streams that ended or that failed, whatever the reason. */
  readonly ended: number;
  /** Answers other than 200, and connections that were refused. */
  readonly refused: number;
  readonly events: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly outOfOrder: number;
  /** Events that a stream did not ask for. */
  readonly unasked: number;
  /** The smallest and the largest last ID of its clients. */
  readonly lowestId: number;
  readonly highestId: number;
  readonly bytes: number;
}

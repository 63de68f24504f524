/** A database with a table of one's own, a writer in another process, and a tail that follows it in this one. */
import { Followed, type FollowedOptions } from "./followed.ts";
import { Scratch } from "./scratch.ts";
import { Writer } from "./writer.ts";

export class Rows implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly scratch = this.#stack.use(new Scratch());
  readonly path = this.scratch.path("events.db");
  readonly writer = this.#stack.use(new Writer(this.path));

  /** @param sql what makes the table, each statement in a transaction of its own; in WAL mode unless it says otherwise */
  static async create(...sql: string[]): Promise<Rows> {
    const rows = new Rows();
    for (const statement of ["PRAGMA journal_mode = WAL", ...sql]) await rows.writer.run(statement);
    return rows;
  }

  follow(options?: FollowedOptions): Followed {
    return this.#stack.use(new Followed(this.path, options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** The columns of the documented table that play a role. */
export const DOCUMENTED_ROLES = {
  id: "id",
  time: "timestamp",
  type: "event_type",
  actor: "actor_id",
  target: "target_id",
  summary: "summary",
  metadata: "metadata",
} as const;

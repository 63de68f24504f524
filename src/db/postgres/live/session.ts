/** What is open while a table of PostgreSQL is followed: connections, the table, and the ear for commits. */
import type { Reading } from "../../reading.ts";
import { channelOf } from "../channel.ts";
import { Client } from "./client.ts";
import { FollowedTable } from "./followed-table.ts";
import type { Look, TableMemory } from "./look.ts";
import { Notifications } from "./notifications.ts";

/** For pages that are not the newest. */
const PAGE_CONNECTIONS = 2;

/** Waits in ms, which tests shorten. */
export interface Waits {
  /** For an answer: a server or a network that hangs is given up after it. */
  readonly deadlineMs: number;
  /** For a lock on the table. */
  readonly lockTimeoutMs: number;
  /** When the table is opened, for the transactions that write to it. */
  readonly openMs: number;
  /** Until rows that wait for a transaction are worth a word. */
  readonly heldBackMs: number;
  /** Between two messages that test whether notifications arrive, and for each of them. */
  readonly testEveryMs: number;
  readonly testDeadlineMs: number;
}

export const WAITS: Waits = {
  deadlineMs: 10_000,
  lockTimeoutMs: 2000,
  openMs: 5000,
  heldBackMs: 5000,
  testEveryMs: 15_000,
  testDeadlineMs: 3000,
};

export interface SessionOptions {
  readonly url: string;
  readonly table: string;
  readonly reading: Reading;
  readonly waits: Waits;
  readonly signal: AbortSignal;
  /** The connection is lost, or the server is another one by now. */
  readonly onLost: () => void;
  /** There was a commit, or there may have been one. */
  readonly onNotice: () => void;
  readonly onError: (error: unknown) => void;
}

export class Session implements Disposable {
  readonly table: FollowedTable;
  readonly notifications: Notifications;
  readonly #close: () => void;

  private constructor(table: FollowedTable, notifications: Notifications, close: () => void) {
    this.table = table;
    this.notifications = notifications;
    this.#close = close;
  }

  /**
   * @param memory of the table that was followed before
   * @throws what keeps the table from being followed
   */
  static async open(
    options: SessionOptions,
    memory: TableMemory | undefined,
  ): Promise<{ session: Session; look: Look }> {
    const { url, waits, onLost, onNotice, onError } = options;
    const { deadlineMs, lockTimeoutMs, testEveryMs, testDeadlineMs } = waits;
    // A try that fails closes a connection, too.
    let isOpen = false;
    const onClose = (): void => {
      if (isOpen) onLost();
    };
    const client = await Client.connect({ url, connections: 1, deadlineMs, lockTimeoutMs, onClose });
    const pages = client.sibling(PAGE_CONNECTIONS);
    const close = (): void => {
      isOpen = false;
      client[Symbol.dispose]();
      pages[Symbol.dispose]();
    };
    try {
      const { table: name, reading, signal } = options;
      const { table, look } = await FollowedTable.open(
        client,
        pages,
        name,
        reading,
        memory,
        signal,
        waits.openMs,
      );
      const channel = channelOf(table.shape);
      const notifications = new Notifications({
        client,
        channel,
        onNotice,
        onError,
        testEveryMs,
        testDeadlineMs,
      });
      isOpen = true;
      return { session: new Session(table, notifications, close), look };
    } catch (error) {
      close();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.notifications[Symbol.dispose]();
    this.#close();
  }
}

/** Hears of changes to the files of a database. */
import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";

import { inodeOf } from "./stat.ts";

/**
 * Watches the directory of a database file, so that files which come and go are seen too.
 *
 * A notification says only that something may have changed: where it comes before the commit can be seen, or
 * not at all, the looks that follow it, the ticks and the poll interval make up for it.
 */
export class DirectoryWatch implements Disposable {
  readonly #watcher: FSWatcher;
  readonly #realPath: string;
  readonly #directory: string;
  #ended = false;

  /**
   * @param realPath of the database, with symbolic links resolved
   * @param onNotice called in a turn of the event loop of its own
   * @throws Error when the directory does not exist, or the system has no watches left
   */
  constructor(realPath: string, onNotice: () => void) {
    const name = basename(realPath);
    this.#realPath = realPath;
    this.#directory = inodeOf(dirname(realPath));
    this.#watcher = watch(dirname(realPath), { persistent: false }, (event, file) => {
      // Without a name the system's queue has overflown: anything may have changed.
      if (file === null || file === name || file === `${name}-wal`) return onNotice();
      // In PERSIST mode our own reads touch the journal; that it comes or goes is the writer's doing.
      if (file === `${name}-journal` && event === "rename") onNotice();
    });
    this.#watcher.on("error", () => (this.#ended = true));
    this.#watcher.on("close", () => (this.#ended = true));
  }

  /** Whether it still watches the directory of this file: renamed directories take their watch along. */
  isAlive(realPath: string): boolean {
    return !this.#ended && realPath === this.#realPath && inodeOf(dirname(realPath)) === this.#directory;
  }

  [Symbol.dispose](): void {
    this.#watcher.removeAllListeners();
    this.#watcher.close();
  }
}

/** Hears of changes to the files of a database. */
import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";

/**
 * Watches the directory of a database file, so that files which come and go are seen too.
 *
 * A notification says only that something may have changed: where it comes before the commit can be seen, or
 * not at all, the checks that follow it and the poll interval make up for it.
 */
export class DatabaseWatch implements Disposable {
  readonly #watcher: FSWatcher;

  /**
   * @param realPath of the database, with symbolic links resolved
   * @param onNotice called in a turn of the event loop of its own
   * @param onEnd called when the directory is gone or can't be watched any longer
   * @throws Error when the directory does not exist, or the system has no watches left
   */
  constructor(realPath: string, onNotice: () => void, onEnd: () => void) {
    const name = basename(realPath);
    this.#watcher = watch(dirname(realPath), { persistent: false }, (event, file) => {
      // Without a name the system's queue has overflown: anything may have changed.
      if (file === null) return onNotice();
      if (file === name || file === `${name}-wal`) return onNotice();
      // In PERSIST mode our own reads touch the journal; that it comes or goes is the writer's doing.
      if (file === `${name}-journal` && event === "rename") onNotice();
    });
    this.#watcher.on("error", onEnd);
    this.#watcher.on("close", onEnd);
  }

  [Symbol.dispose](): void {
    this.#watcher.removeAllListeners();
    this.#watcher.close();
  }
}

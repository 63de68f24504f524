/** The files of an open database, as their directory entries tell: no lock is taken, and none is opened. */
import { exactStatOf, fileId, inodeOf } from "./stat.ts";

/** The time of a file is as coarse as the system's clock tick, 10 ms at most; and clocks differ a little. */
const CLOCK_TICK_MS = 50;
const NS_PER_MS = 1e6;

export class LogFiles {
  readonly #path: string;
  readonly #realPath: string;
  readonly #filesAtFirst: string;

  /**
   * To be made once the database has been read: then its companions are there, and must stay the same.
   * @param path as given; a link may lead elsewhere later
   * @param inode of the file that is open
   */
  constructor(path: string, realPath: string, inode: string) {
    this.#path = path;
    this.#realPath = realPath;
    this.#filesAtFirst = [inode, this.#companions()].join(" ");
  }

  /** Whether the path still leads to the files that are open, and is their only name: 6 µs. */
  areSame(): boolean {
    const stat = exactStatOf(this.#path);
    // A file with several names is refused when it is opened, and says why.
    if (stat === undefined || stat.nlink > 1n) return false;
    return [fileId(stat), this.#companions()].join(" ") === this.#filesAtFirst;
  }

  /** Tells the last write to the database file from the others; what is too recent differs from itself, too. */
  lastWrite(): string {
    const stat = exactStatOf(this.#realPath);
    if (stat === undefined) return "";
    // The next commit could bear the same time: this one proves nothing.
    if (Date.now() - Number(stat.mtimeNs) / NS_PER_MS < CLOCK_TICK_MS) return `${performance.now()}`;
    return `${stat.size}:${stat.mtimeNs}`;
  }

  /** Device and inode of the companions. */
  #companions(): string {
    return [`${this.#realPath}-wal`, `${this.#realPath}-shm`].map(inodeOf).join(" ");
  }
}

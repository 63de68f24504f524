/** A database file that can't be followed, for a reason that can be seen without opening it. */

export type FileReason =
  /** There is no file under the path. */
  | "missing"
  | "directory"
  /** A pipe, a socket or a device. */
  | "special"
  /** The user that runs Tailboard may not read the file. */
  | "unreadable"
  /** That user may not pass through a directory above the file: `subject`. */
  | "unsearchable"
  /** A symbolic link leads back to itself. */
  | "link-loop"
  | "name-too-long"
  /** This process, or the system, has as many files open as it may have. */
  | "too-many-open-files"
  /** One of SQLite's files beside the database is no regular file: `subject`. */
  | "special-companion"
  /** The file has several names: SQLite names the files beside it after the one that each program uses. */
  | "hard-link"
  /** The file, or one beside it, is mounted alone, without the directory around it: `subject`. */
  | "mounted-alone"
  /** What was mounted was removed where it came from: `subject` is where it is mounted. */
  | "mount-removed"
  /** In WAL mode, of another user, and nobody has it open: we would create files that its owner can't write to. */
  | "companions-missing"
  /** The files beside the database belong to us, and the owner of the database can't write to them. */
  | "companions-ours";

export class FileError extends Error {
  override readonly name = "FileError";
  readonly reason: FileReason;
  /** The file or directory that is in the way. */
  readonly subject: string;

  /**
   * @param path of the database
   * @param subject where something else than the database itself is in the way
   */
  constructor(reason: FileReason, path: string, subject: string = path) {
    super(`${path}: ${reason}`);
    this.reason = reason;
    this.subject = subject;
  }
}

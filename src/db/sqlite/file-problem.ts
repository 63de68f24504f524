/** What to say of a database file that can't be followed for a reason that its directory entries tell. */
import { dirname } from "node:path";

import type { Problem } from "../problem.ts";
import { shellWord, visible } from "../shell-word.ts";
import type { FileError } from "./file-error.ts";

/** @param path of the database, as the operator knows it */
export function explainFile({ reason, subject }: FileError, path: string): Problem {
  const name = visible(path);
  const other = visible(subject);
  switch (reason) {
    case "missing":
      return {
        state: "waiting-for-file",
        problem: `There is no file ${name}.`,
        advice: "Start the program that writes it, or check the path; tailboard serve --create creates it.",
        outlook: "Tailboard goes on as soon as the file is there.",
      };
    case "mount-removed":
      return {
        state: "waiting-for-file",
        problem: `There is no file ${name}: what is mounted at ${other} was removed or replaced where it comes from.`,
        advice: `Nothing that is created there now can be seen from here: mount ${other} again, or restart the container.`,
      };
    case "directory":
      return error(`${name} is a directory.`, "Give the path of the SQLite file in it.");
    case "special":
      return error(
        `${name} is no regular file.`,
        "A database is a regular file, not a pipe, a socket or a device: give the path of one.",
      );
    case "unreadable":
      return error(
        `${name} can't be read by the user that runs Tailboard.`,
        `Allow it: chmod a+r ${shellWord(path)}, or run Tailboard as the user that owns the file.`,
      );
    case "unsearchable":
      return error(
        `${name} can't be reached: the user that runs Tailboard may not pass through the directory ${other}.`,
        `Allow it: chmod a+x ${shellWord(subject)}, or run Tailboard as the user that owns the directory. The mode of the file itself is not the reason.`,
      );
    case "link-loop":
      return error(
        `${name} can't be reached: a symbolic link in the path leads back to itself.`,
        `See where the links lead: namei -l ${shellWord(path)}; make the link point to the database, or give the path of the file itself.`,
      );
    case "name-too-long":
      return error(
        `The path ${name} is too long.`,
        "A name may have about 250 bytes, because SQLite adds -journal to it, and a whole path about 500. Rename the file, or move it to a shorter path.",
      );
    case "too-many-open-files":
      return error(
        `${name} can't be opened: too many files are open.`,
        "Raise the limit of open files (ulimit -n, or LimitNOFILE= for systemd), or lower --max-connections.",
        "Tailboard goes on as soon as a file can be opened.",
      );
    case "special-companion":
      return error(
        `${other} is no regular file. SQLite keeps data of its own under that name.`,
        `End the programs that use the database, then remove it: rm -r ${shellWord(subject)}.`,
        "Tailboard goes on as soon as it is gone.",
      );
    case "hard-link":
      return error(
        `${name} has several names (hard links). A program that writes under another name keeps its newest rows in files that Tailboard does not find.`,
        `Let there be one name: find the others with find / -samefile ${shellWord(path)}, and remove them, or make them symbolic links.`,
        "Tailboard goes on as soon as there is one.",
      );
    case "mounted-alone":
      return error(
        `${other} is mounted alone, without the directory around it. A writer outside keeps its newest rows in files beside it, which can't be seen from here.`,
        `Mount the directory, not the file: for docker run, -v DIRECTORY:${shellWord(dirname(path))} in place of -v DIRECTORY/FILE:${shellWord(path)}.`,
        "Tailboard goes on as soon as it finds the directory mounted.",
      );
    case "companions-missing":
      return error(
        `${name} belongs to another user, is in WAL mode, and no program has had it open for a second. Opening it now would create files beside it that its owner can't write to.`,
        `Run Tailboard as the user that owns it. Or share a group: ${groupCommands(path)}, and run Tailboard and the writers as members of that group. Otherwise Tailboard follows it while a program of its owner has it open.`,
      );
    case "companions-ours":
      return error(
        `The owner of ${name} can't write to ${other}, because it belongs to the user that runs Tailboard.`,
        `Give the files back, as root: ${giveBackCommand(subject)}. Then run Tailboard as the user that owns the database.`,
      );
  }
}

/** @param companion the `-wal` or the `-shm` of the database */
function giveBackCommand(companion: string): string {
  const database = companion.replace(/-(?:wal|shm)$/, "");
  const words = [database, `${database}-wal`, `${database}-shm`].map(shellWord);
  return `chown --reference=${words.join(" ")}`;
}

/** Makes a directory and a database fit for a group: new files get the group, and it may write to them. */
function groupCommands(path: string): string {
  return `chmod g+ws ${shellWord(dirname(path))}; chmod g+w ${shellWord(path)}`;
}

function error(problem: string, advice: string, outlook?: string): Problem {
  return { state: "error", problem, advice, ...(outlook === undefined ? {} : { outlook }) };
}

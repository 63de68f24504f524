/** `--open` */
import { wordsOf } from "./failure.ts";

const COMMANDS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/**
 * Opens a page in the browser of the machine. A machine without one is no reason to end.
 * @param onError told with the reason and the command where it did not work
 */
export async function openBrowser(
  url: string,
  onError: (reason: string, command: string) => void,
): Promise<void> {
  const command = [...(COMMANDS[process.platform] ?? ["xdg-open"]), url];
  try {
    const opener = Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
    opener.unref();
    const status = await opener.exited;
    if (status !== 0) onError(`it ended with status ${status}`, command.join(" "));
  } catch (error) {
    onError(wordsOf(error), command.join(" "));
  }
}

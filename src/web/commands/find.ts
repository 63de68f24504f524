/** Which commands a few letters mean. */
import { type Command, isEnabled } from "./command.ts";

/**
 * The commands that are possible now and have all of the words, or beginnings of words, in their titles. Those that
 * begin with the text come first.
 */
export function findCommands(commands: readonly Command[], text: string): Command[] {
  const wanted = text.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  const found = commands.filter(
    (command) => isEnabled(command) && words.every((word) => searchedText(command).includes(word)),
  );
  const begins = ({ title }: Command): boolean => title.toLowerCase().startsWith(wanted);
  return [...found.filter(begins), ...found.filter((command) => !begins(command))];
}

function searchedText({ group, title }: Command): string {
  return `${group} ${title}`.toLowerCase();
}

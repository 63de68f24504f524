/** What was given of the options, on the command line or in the environment, and the defaults of the rest. */
import { type Flag, type FlagWithDefault, optionRow } from "./option-table.ts";
import type { ReadValue } from "./option-values.ts";
import { UsageError } from "./usage-error.ts";

export class GivenOptions {
  readonly #given: ReadonlyMap<Flag, string>;
  readonly #env: Readonly<Record<string, string | undefined>>;

  constructor(given: ReadonlyMap<Flag, string>, env: Readonly<Record<string, string | undefined>>) {
    this.#given = given;
    this.#env = env;
  }

  /** Whether it is on the command line. */
  has(flag: Flag): boolean {
    return this.#given.has(flag);
  }

  /** Its text on the command line. */
  text(flag: Flag): string | undefined {
    return this.#given.get(flag);
  }

  /** Whether it is on the command line or in the environment. */
  isSet(flag: Flag): boolean {
    return this.#lookUp(flag) !== undefined;
  }

  defaultOf(flag: FlagWithDefault): string {
    return optionRow(flag).default ?? "";
  }

  read<T>(flag: FlagWithDefault, read: ReadValue<T>): T {
    return this.readOr(flag, read(this.defaultOf(flag), `the default of ${flag}`), read);
  }

  readOr<T>(flag: Flag, fallback: T, read: ReadValue<T>): T {
    const found = this.#lookUp(flag);
    return found === undefined ? fallback : read(found.text, found.source);
  }

  /** @throws UsageError where it is missing */
  required<T>(flag: Flag, read: ReadValue<T>): T {
    const found = this.#lookUp(flag);
    if (found !== undefined) return read(found.text, found.source);
    throw new UsageError(`${flag} is missing: ${optionRow(flag).meaning} (${optionRow(flag).value ?? ""})`);
  }

  /** The text of an option and the name to blame for it; an empty variable counts as unset. */
  #lookUp(flag: Flag): { text: string; source: string } | undefined {
    const text = this.#given.get(flag);
    if (text !== undefined) return { text, source: flag };
    const variable = optionRow(flag).environment;
    const value = variable === undefined ? undefined : this.#env[variable];
    return variable === undefined || value === undefined || value === ""
      ? undefined
      : { text: value, source: variable };
  }
}

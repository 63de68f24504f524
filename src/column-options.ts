/** Reads the options that say how columns are to be read: `--columns`, `--labels` and `--time-zone`. */
import { TIME_FORMS, type TimeForm, type ValueLabels } from "./column-roles.ts";
import { GIVABLE_ROLES, type GivenRoles } from "./columns/roles.ts";
import { isZone } from "./columns/zone.ts";

/** What is wrong with the text of an option, and what is allowed. */
export class ColumnOptionError extends Error {
  override readonly name = "ColumnOptionError";
}

/**
 * @param text as in `time=created_at:epoch-ms,type=kind`; a role without a column, as in `type=`, is played by none
 * @throws ColumnOptionError
 */
export function parseColumns(text: string): GivenRoles {
  const given: GivenRoles = {};
  for (const part of text.split(",")) {
    const equals = part.indexOf("=");
    const name = part.slice(0, Math.max(0, equals)).trim();
    const role = GIVABLE_ROLES.find((each) => each === name);
    if (role === undefined) {
      throw new ColumnOptionError(
        `takes ROLE=COLUMN,… with the roles ${GIVABLE_ROLES.join(", ")}: got ${JSON.stringify(part)}`,
      );
    }
    if (given[role] !== undefined) throw new ColumnOptionError(`gives the role ${role} twice`);
    const value = part.slice(equals + 1).trim();
    if (role === "time") given.time = parseTime(value);
    else given[role] = { column: value === "" ? null : value };
  }
  return given;
}

/** A column's name may have colons of its own: only what follows the last one can be a form. */
function parseTime(value: string): { column: string | null; form?: TimeForm } {
  if (value === "") return { column: null };
  const colon = value.lastIndexOf(":");
  if (colon === -1) return { column: value };
  const form = TIME_FORMS.find((each) => each === value.slice(colon + 1));
  if (form === undefined || colon === 0) {
    throw new ColumnOptionError(
      `takes time=COLUMN:FORM with the forms ${TIME_FORMS.join(", ")}: got ${JSON.stringify(value)}`,
    );
  }
  return { column: value.slice(0, colon), form };
}

/**
 * @param text as in `status:0=down,1=up,kind:2=created`: a value without a column belongs to the column before it
 * @throws ColumnOptionError
 */
export function parseLabels(text: string): ValueLabels {
  const labels: Record<string, Record<string, string>> = {};
  let column: string | undefined;
  for (const part of text.split(",")) {
    const match = /^(?:([^=]+):)?([^=:]+)=(.+)$/s.exec(part);
    column = match?.[1]?.trim() ?? column;
    const [value, label] = [match?.[2]?.trim(), match?.[3]?.trim()];
    if (column === undefined || value === undefined || label === undefined || value === "" || label === "") {
      throw new ColumnOptionError(
        `takes COLUMN:VALUE=NAME,VALUE=NAME,… as in status:0=down,1=up: got ${JSON.stringify(part)}`,
      );
    }
    (labels[column] ??= {})[value] = label;
  }
  return labels;
}

/**
 * @param text `UTC`, `local` for the zone of this machine, or a name of the IANA database
 * @returns a name of the IANA database
 * @throws ColumnOptionError
 */
export function parseTimeZone(text: string): string {
  if (text.toLowerCase() === "local") return Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (text.toLowerCase() === "utc") return "UTC";
  // An offset would be taken by Intl, but says nothing of summer time.
  if (!/^[+-]/.test(text) && isZone(text)) return text;
  throw new ColumnOptionError(
    `takes UTC, local, or a zone such as Europe/Berlin: got ${JSON.stringify(text)}`,
  );
}

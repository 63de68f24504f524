/** The words for an order, a place or a group that a table beside the log does not have. */
import { PANEL_SORTED_ROWS, PanelError } from "../../panels.ts";

/** As many columns as fit in a sentence. */
const COLUMNS_LIMIT = 12;

/**
 * @param asked as in `?sort=`
 * @param columns that it could be sorted by
 */
export function noSuchColumn(table: string, asked: string, columns: readonly string[]): PanelError {
  const shown = columns.slice(0, COLUMNS_LIMIT).map((name) => JSON.stringify(name));
  const more = columns.length - shown.length;
  return new PanelError(
    "parameter",
    `The parameter sort is ${JSON.stringify(asked)}, but takes a column of ${JSON.stringify(table)}, with a minus before it for the largest value first: ${shown.join(", ")}${more > 0 ? `, and ${more} more` : ""}.`,
    "sort",
  );
}

export function maskedColumn(asked: string): PanelError {
  return new PanelError(
    "parameter",
    `The parameter sort is ${JSON.stringify(asked)}, and that column is masked, because its name is that of a secret, so that nothing is sorted by it. With --show-secrets it is shown.`,
    "sort",
  );
}

/** PostgreSQL can't compare the values of some types. */
export function columnWithoutOrder(asked: string): PanelError {
  return new PanelError(
    "parameter",
    `The parameter sort is ${JSON.stringify(asked)}, and the values of that column have no order, so that nothing is sorted by it.`,
    "sort",
  );
}

export function tooManyRows(table: string, asked: string): PanelError {
  return new PanelError(
    "parameter",
    `The parameter sort is ${JSON.stringify(asked)}, but ${JSON.stringify(table)} has more than ${PANEL_SORTED_ROWS} rows and no index on that column, so that it can't be sorted by it. Leave sort out, or sort by another column.`,
    "sort",
  );
}

export function noPlace(): PanelError {
  return new PanelError(
    "parameter",
    "The parameter after is no place in this order: give it the value of next from a page with the same sort, or leave it out.",
    "after",
  );
}

/**
 * What is said where an order is refused: one that nobody asked for is that of the place.
 * @param sort as in `?sort=`
 */
export function orderRefusal(error: unknown, sort: string | undefined): unknown {
  const isOfPlace = sort === undefined && error instanceof PanelError && error.parameter === "sort";
  return isOfPlace ? noPlace() : error;
}

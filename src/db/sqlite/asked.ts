/** What of a followed table can be asked for. */
import type { TimeForm, ValueLabels } from "../../column-roles.ts";
import type { RoleReadings } from "../../columns/roles.ts";
import type { AskedColumn, AskedTable } from "../../query/asked-table.ts";
import type { Queries } from "./queries.ts";

/** How the columns of a table are read just now. */
export interface TableReading {
  readonly roles: RoleReadings;
  readonly times: ReadonlyMap<string, TimeForm>;
  readonly zone: string;
  readonly labels: ValueLabels;
}

export function askedTable(queries: Queries, { roles, times, zone, labels }: TableReading): AskedTable {
  const { key, columns, affinities } = queries.table;
  const time = roles.time;
  const asked = (name: string, affinity: AskedColumn["affinity"]): AskedColumn => {
    const form = time?.column === name ? (time.form ?? times.get(name)) : times.get(name);
    const reference = queries.references.get(name);
    return {
      name,
      affinity,
      ...(form === undefined ? {} : { time: form }),
      ...(reference === undefined
        ? {}
        : { shownBy: { table: reference.table, key: reference.key, text: reference.textColumn } }),
    };
  };
  return {
    key,
    columns: [asked(key, "numeric"), ...columns.map((name) => asked(name, affinities.get(name) ?? "none"))],
    roles,
    zone,
    labels,
  };
}

/** A table beside the log, with what its newest rows say about its columns. */
import type { TimeForm } from "../../../column-roles.ts";
import { type PanelReading, readPanel } from "../../../columns/panel-roles.ts";
import { isSecretName } from "../../../columns/secrets.ts";
import { PANEL_SORTED_ROWS, type PanelTable } from "../../../panels.ts";
import type { AskedTable } from "../../../query/asked-table.ts";
import { compileQuestion } from "../../../query/compile.ts";
import { POSTGRES } from "../../../query/postgres-dialect.ts";
import { type Sql, sql } from "../../../query/sql.ts";
import type { Question } from "../../../question.ts";
import { keyOfView } from "../../panels/key-of-view.ts";
import { refuseMasked } from "../../panels/question.ts";
import { askedColumn, sampleColumns, timesOf } from "../log-table.ts";
import { findReferences, type PostgresReference } from "../references.ts";
import { ROW } from "../rows.ts";
import type { Ask } from "../session.ts";
import { type PostgresColumn, type PostgresTable, readTable, tableSql } from "../table.ts";

/** A table is looked at often, so that they are fewer than of the log. */
const SAMPLE_ROWS = 50;

export interface DescribedPanel {
  readonly table: PostgresTable;
  /** In a row of a page. */
  readonly columns: readonly ShownColumn[];
  /** The columns that tell a row from the others; none where no key is declared, or where it is masked. */
  readonly key: readonly string[];
  /** The same, where a page can go on by them: never of a view. */
  readonly unique: readonly PostgresColumn[];
  readonly reading: PanelReading;
  readonly times: ReadonlyMap<string, TimeForm>;
  readonly references: readonly PostgresReference[];
  /** More rows than can be sorted at each page. */
  readonly isLarge: boolean;
}

export interface ShownColumn extends PostgresColumn {
  /** Its values are not shown, and can't be asked for. */
  readonly isSecret: boolean;
}

/** @returns undefined where it is gone */
export async function describePanel(
  ask: Ask,
  oid: string,
  showsSecrets: boolean,
): Promise<DescribedPanel | undefined> {
  const table = await readTable(ask, oid);
  if (table === undefined) return undefined;
  const columns = table.columns.map((column): ShownColumn => {
    // What leads to a secret is the same secret.
    const led = table.foreignKeys.filter((foreign) => foreign.column === column.name).map(({ key }) => key);
    return { ...column, isSecret: !showsSecrets && [column.name, ...led].some(isSecretName) };
  });
  const shown = columns.filter(({ isSecret }) => !isSecret);
  const unique = table.primaryKey.flatMap((name) => shown.filter((column) => column.name === name));
  const isKeyShown = unique.length > 0 && unique.length === table.primaryKey.length;
  const [count] = await ask(
    sql`SELECT count(*)::text FROM (SELECT 1 FROM ${tableSql(table)} LIMIT ${PANEL_SORTED_ROWS + 1}::int8) AS few`,
  );
  const rows = Number(count?.[0] ?? 0);
  const order = isKeyShown ? table.primaryKey : [];
  const sampled = await sampleColumns(ask, table, shown, order, SAMPLE_ROWS);
  const key = isKeyShown ? table.primaryKey : table.kind === "view" ? keyOfView(sampled, rows) : [];
  const references = (await findReferences(ask, table)).filter(({ column }) =>
    shown.some(({ name }) => name === column),
  );
  const times = timesOf(shown, sampled);
  const reading = readPanel({
    name: table.name,
    key,
    columns: sampled,
    references: new Set(table.foreignKeys.map(({ column }) => column)),
    rows,
  });
  const isLarge = rows > PANEL_SORTED_ROWS;
  return { table, columns, key, unique: isKeyShown ? unique : [], reading, times, references, isLarge };
}

export function panelTable({ table, columns, key, reading, times }: DescribedPanel): PanelTable {
  return {
    name: table.name,
    kind: table.kind,
    isOpen: reading.isOpen,
    key,
    columns: columns.map(({ name, isSecret }) => {
      const foreign = table.foreignKeys.find((other) => other.column === name && !other.isPart);
      return {
        name,
        role: isSecret ? null : (reading.roles.get(name) ?? null),
        isSecret,
        timeForm: isSecret ? null : (times.get(name) ?? null),
        references: foreign === undefined ? null : { table: foreign.table, column: foreign.key },
      };
    }),
  };
}

/** The column by whose values the rows are grouped. */
export function statusColumn({ reading }: DescribedPanel): string | undefined {
  return [...reading.roles].find(([, role]) => role === "status")?.[0];
}

/** @throws QuestionError where the table can't answer it, or may not because a column is masked */
export function compilePanelQuestion(panel: DescribedPanel, { terms }: Question, zone: string): Sql {
  const asked = askedPanel(panel, zone);
  const masked = panel.columns.filter(({ isSecret }) => isSecret);
  const all = { ...asked, columns: [...asked.columns, ...masked] };
  refuseMasked(
    terms,
    all,
    masked.map(({ name }) => name),
  );
  return compileQuestion({ terms }, asked, ROW, POSTGRES);
}

function askedPanel({ columns, key, reading, times, references }: DescribedPanel, zone: string): AskedTable {
  const shown = columns.filter(({ isSecret }) => !isSecret);
  const named = (role: string): string | undefined =>
    [...reading.roles].find(([, played]) => played === role)?.[0];
  const time = named("last-seen") ?? named("time");
  const form = time === undefined ? undefined : times.get(time);
  const [only, ...more] = key;
  const isIntegerKey =
    more.length === 0 && shown.some(({ name, stored }) => name === only && stored === "integer");
  return {
    // Other keys may be texts, which are found like any other text.
    key: isIntegerKey && only !== undefined ? only : "",
    columns: shown.map((column) => askedColumn(column, references, times.get(column.name))),
    roles:
      time === undefined
        ? {}
        : { time: { column: time, why: "the time of the row", ...(form === undefined ? {} : { form }) } },
    zone,
    labels: {},
  };
}

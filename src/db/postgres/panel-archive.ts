/** Answers what is asked of the tables beside the log: those of its schema. */
import { LogUnavailableError } from "../../archive.ts";
import {
  type PanelArchive,
  type PanelChoice,
  PanelError,
  type PanelList,
  type PanelPage,
  type PanelPageRequest,
  type PanelRow,
  type PanelTable,
} from "../../panels.ts";
import { decodeCursor } from "../panels/cursor.ts";
import { groupTerm } from "../panels/question.ts";
import { noPlace, orderRefusal } from "../panels/refusals.ts";
import { ViewRest } from "../panels/view-rest.ts";
import { SharedReads } from "../shared-reads.ts";
import type { FollowedPostgres } from "./archive.ts";
import {
  compilePanelQuestion,
  type DescribedPanel,
  describePanel,
  panelTable,
  statusColumn,
} from "./panels/described.ts";
import { guarded, isOfTable, orNull } from "./panels/faults.ts";
import { findByName, type Offer, type OfferedTable, offeredTables } from "./panels/offered.ts";
import { findRow } from "./panels/one-row.ts";
import { findOrder, type Place } from "./panels/order.ts";
import { countGroups, PanelPageReader } from "./panels/page.ts";
import { type Ask, type ReadSessions, STATEMENT_MS } from "./session.ts";
import { SNAPSHOT, versionOf } from "./snapshot-version.ts";
import { findTable } from "./table.ts";

/** Tables that are listed: some ms each. */
const MAX_TABLES = 200;

/** What is known of a table's columns is looked at again after so long, or when it is read and has changed. In ms. */
const LOOK_AGAIN_MS = 5000;

/** What a look at a table may take: of a view that computes much it would be longer. In ms. */
const LOOK_MS = 2000;

export class PostgresPanels implements PanelArchive {
  readonly #followed: FollowedPostgres;
  readonly #sessions: ReadSessions;
  readonly #choice: PanelChoice;
  readonly #reads = new SharedReads<unknown>();
  readonly #described = new Map<string, { readonly atMs: number; readonly panel: DescribedPanel }>();
  readonly #rest = new ViewRest();

  constructor(followed: FollowedPostgres, sessions: ReadSessions, choice: PanelChoice) {
    this.#followed = followed;
    this.#sessions = sessions;
    this.#choice = choice;
  }

  /** See snapshot-version.ts. */
  async dataVersion(): Promise<string> {
    await this.#log();
    return await this.#sessions.read(new AbortController().signal, STATEMENT_MS, readVersion);
  }

  tables(signal: AbortSignal): Promise<PanelList> {
    return this.#read("tables", signal, async (shared, dataVersion) => {
      const { tables, missing } = await this.#offer(shared);
      const found: PanelTable[] = [];
      for (const table of tables.slice(0, MAX_TABLES)) {
        try {
          const panel = await this.#describe(table, shared);
          if (panel !== undefined) found.push(panelTable(panel));
        } catch (error) {
          // What can't be read is not there for a reader, either.
          if (!isOfTable(error)) throw error;
        }
      }
      return { tables: found, missing, omitted: Math.max(0, tables.length - MAX_TABLES), dataVersion };
    });
  }

  page(request: PanelPageRequest, signal: AbortSignal): Promise<PanelPage> {
    return this.#read(JSON.stringify(request), signal, (shared, dataVersion) =>
      this.#page(request, shared, dataVersion),
    );
  }

  row(table: string, key: string, signal: AbortSignal): Promise<PanelRow> {
    return this.#read(JSON.stringify(["row", table, key]), signal, async (shared, dataVersion) => {
      const panel = await this.#find(table, shared);
      const item = await findRow(this.#sessions, panel, key, shared);
      if (item !== undefined) return { table: panel.table.name, item: Buffer.from(item), dataVersion };
      const name = JSON.stringify(panel.table.name);
      throw new PanelError(
        "no-row",
        panel.key.length === 0
          ? `${name} has no key, so that no row of it can be asked for.`
          : `${name} has no row with the key ${JSON.stringify(key)}: the key is ${panel.key.join(", ")}${panel.key.length > 1 ? ", as a JSON array" : ""}.`,
      );
    });
  }

  /** Once for all who ask the same of the same state. The version is that from before the read. */
  async #read<T>(
    key: string,
    signal: AbortSignal,
    work: (signal: AbortSignal, dataVersion: string) => Promise<T>,
  ): Promise<T> {
    await this.#log();
    const dataVersion = await this.#sessions.read(signal, STATEMENT_MS, readVersion);
    const answer = await this.#reads.read(JSON.stringify([dataVersion, key]), signal, (shared) =>
      work(shared, dataVersion),
    );
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same key is the same kind of read
    return answer as T;
  }

  async #log(): Promise<void> {
    if ((await this.#followed.position()) !== undefined) return;
    const { problem, advice } = this.#followed.status();
    throw new LogUnavailableError(
      `${problem ?? "The database is being opened."} ${advice ?? "Ask again in a moment."}`,
    );
  }

  #offer(signal: AbortSignal): Promise<Offer> {
    const { table } = this.#followed.status();
    return this.#sessions.read(signal, STATEMENT_MS, async (ask) => {
      const log = await findTable(ask, table);
      if (log === undefined) throw new LogUnavailableError(`There is no table ${JSON.stringify(table)}.`);
      return await offeredTables(ask, log, this.#choice);
    });
  }

  async #describe({ oid }: OfferedTable, signal: AbortSignal): Promise<DescribedPanel | undefined> {
    const known = this.#described.get(oid);
    const isResting = known !== undefined && this.#rest.restMs(oid) > 0;
    if (known !== undefined && (isResting || performance.now() - known.atMs < LOOK_AGAIN_MS))
      return known.panel;
    const startedAtMs = performance.now();
    try {
      const panel = await this.#sessions.read(signal, LOOK_MS, (ask) =>
        describePanel(ask, oid, this.#choice.showsSecrets),
      );
      this.#described.delete(oid);
      if (panel !== undefined) this.#described.set(oid, { atMs: performance.now(), panel });
      return panel;
    } finally {
      if (known?.panel.table.kind !== "table") this.#rest.note(oid, performance.now() - startedAtMs);
    }
  }

  /** @throws PanelError where it is not offered, or can't be read */
  async #find(name: string, signal: AbortSignal): Promise<DescribedPanel> {
    const { tables } = await this.#offer(signal);
    const table = findByName(tables, name);
    const panel =
      table === undefined ? undefined : await guarded(table.name, () => this.#describe(table, signal));
    if (panel !== undefined) return panel;
    throw new PanelError(
      "no-table",
      `There is no table ${JSON.stringify(name)} beside the log: /api/tables has those that there are.`,
    );
  }

  async #page(request: PanelPageRequest, signal: AbortSignal, dataVersion: string): Promise<PanelPage> {
    const { question, limits, after, sort, group, budgetMs } = request;
    const deadlineMs = performance.now() + budgetMs;
    const nowMs = Date.now();
    const panel = await this.#find(request.table, signal);
    const cursor = after === undefined ? undefined : decodeCursor(after);
    const { timeZone } = this.#followed.status();
    const terms =
      group === undefined
        ? question.terms
        : [...question.terms, groupTerm(panel.table.name, statusColumn(panel), group)];
    const condition = compilePanelQuestion(panel, { terms }, timeZone);
    const forGroups = compilePanelQuestion(panel, question, timeZone);
    const { name } = panel.table;
    return await guarded(name, async () => {
      // A page goes on in the order of the one before, also where the table has become large meanwhile.
      const order = await this.#sessions.read(signal, STATEMENT_MS, (ask) =>
        findOrder(ask, panel, sort ?? cursor?.order).catch((error: unknown) => {
          throw orderRefusal(error, sort);
        }),
      );
      const found = cursor?.placeIn({
        order: order.text ?? "",
        hasSort: order.sort !== undefined,
        uniqueColumns: panel.unique.length,
      });
      const place = found === undefined ? undefined : placeOf(found);
      if (after !== undefined && (place === undefined || panel.unique.length === 0)) throw noPlace();
      const ask: Ask = (statement, at) =>
        this.#sessions.read(signal, Math.max(LOOK_MS, deadlineMs - performance.now()), (alone) =>
          alone(statement, at),
        );
      const reader = new PanelPageReader({
        panel,
        order,
        condition,
        isAll: terms.length === 0,
        place,
        limits,
        nowMs,
        deadlineMs,
      });
      const { rows, next, hasMore } = await reader.read(ask);
      // Who goes on with a page has the groups of its beginning.
      const groups =
        after === undefined && performance.now() < deadlineMs
          ? await orNull(() => countGroups(ask, panel, forGroups, nowMs))
          : null;
      const items = Buffer.from(rows.join(","));
      return { table: name, items, count: rows.length, next, hasMore, sort: order.text, groups, dataVersion };
    });
  }
}

async function readVersion(ask: Ask): Promise<string> {
  const [found] = await ask(SNAPSHOT);
  return versionOf(String(found?.[0]));
}

/** A cursor of somebody's own making may hold other values than texts. */
function placeOf({
  sort,
  unique,
}: {
  readonly sort: unknown;
  readonly unique: readonly unknown[];
}): Place | undefined {
  const isText = (value: unknown): value is string | null => value === null || typeof value === "string";
  if (!unique.every(isText)) return undefined;
  if (sort === undefined) return { sort: undefined, unique };
  return isText(sort) ? { sort, unique } : undefined;
}

/** A table that is followed: what of it was seen, up to where it is complete, and whether its rows are still the same. */
import {
  type Cursor,
  type EventId,
  type EventRow,
  type LogPosition,
  MAX_EVENT_ID,
  type PageLimits,
  type ResetReason,
} from "../../../events.ts";
import { LogNames } from "../../log-names.ts";
import { Rate } from "../../rate.ts";
import type { Reading } from "../../reading.ts";
import { findBeginning, GAP_ROWS } from "./beginning.ts";
import type { Client } from "./client.ts";
import { LateRows } from "./late-rows.ts";
import { LockQueries } from "./lock-queries.ts";
import { changeBetween, type LogIdentity, nameBaseOf } from "./log-identity.ts";
import { LogPages } from "./log-pages.ts";
import type { Look, TableMemory } from "./look.ts";
import type { AskedTable } from "./questions.ts";
import { Roles } from "./roles.ts";
import { RowQueries, type RowsFound } from "./row-queries.ts";
import { type Evidence, SeenRows } from "./seen-rows.ts";
import { identify, type ServerIdentity } from "./server-identity.ts";
import { StandbyError } from "./table-errors.ts";
import { TableQueries, type TableState } from "./table-queries.ts";
import { type FollowedShape, inspectTable } from "./table-shape.ts";
import { Watermark } from "./watermark.ts";

/** What one look reads at most: as a page of a stream. */
const LIVE_LIMITS: PageLimits = { rows: 256, bytes: 262_144 };

/** So many rows that wait for a transaction are read again with each look, and are there when it has ended. */
const FEW_ROWS = 64;

/** Ids that a look reads where more of them wait. */
const IDS_PER_LOOK = 1000;

export class FollowedTable {
  readonly shape: FollowedShape;
  readonly roles: Roles;
  readonly rate: Rate;
  readonly late: LateRows;
  readonly locks: LockQueries;
  readonly queries: TableQueries;
  /** What questions are asked of. */
  readonly asked: AskedTable;
  readonly pages: LogPages;
  readonly #identity: LogIdentity;
  readonly #rows: RowQueries;
  readonly #seen: SeenRows;
  readonly #names: LogNames;
  #watermark: Watermark;
  #latestId: EventId;
  /** Rows above the watermark that the last look saw. */
  #waitingRows = 0;
  #startId: EventId;
  #state: TableState;

  private constructor(
    client: Client,
    reads: Client,
    server: ServerIdentity,
    shape: FollowedShape,
    state: TableState,
    reading: Reading,
    memory: TableMemory | undefined,
  ) {
    this.#identity = { server, oid: shape.oid };
    this.shape = shape;
    this.#state = state;
    this.queries = new TableQueries(client, shape);
    this.locks = new LockQueries(client, server, shape);
    this.#rows = new RowQueries(client, shape);
    this.#seen = new SeenRows(this.#rows, memory?.landmarks);
    this.roles = new Roles(reading, shape);
    this.asked = { shape, roles: this.roles, reading };
    this.rate = memory?.rate ?? new Rate();
    this.late = memory?.late ?? new LateRows();
    this.#names = memory?.names ?? new LogNames(nameBaseOf(this.#identity, shape, state));
    this.#startId = startOf(state, memory?.latestId);
    this.#watermark = new Watermark(memory?.latestId ?? this.#startId);
    this.#latestId = this.#watermark.id;
    this.pages = new LogPages(reads, this.asked, () => this.position());
  }

  /**
   * @param reads for pages that are not the newest
   * @param memory of the table that was followed before under this name
   * @param signal ends the wait for transactions that write to it
   * @returns the table, and what became of the rows that are remembered
   * @throws StandbyError, TableMissingError, NoKeyError, or what the client throws
   */
  static async open(
    client: Client,
    reads: Client,
    name: string,
    reading: Reading,
    memory: TableMemory | undefined,
    signal: AbortSignal,
    waitMs: number,
  ): Promise<{ table: FollowedTable; look: Look }> {
    const server = await identify(client);
    if (server === undefined) throw new StandbyError();
    const shape = await inspectTable(client, name);
    const state = await new TableQueries(client, shape).state();
    const table = new FollowedTable(client, reads, server, shape, state, reading, memory);
    await table.roles.review(table.queries);
    if (memory !== undefined) return { table, look: await table.#recognise(memory) };
    await table.#begin(state.newestId, signal, waitMs);
    return { table, look: { kind: "unchanged" } };
  }

  /** Up to which id the rows are complete and were noted: readers get no others. */
  get latestId(): EventId {
    return this.#latestId;
  }

  get watermark(): Watermark {
    return this.#watermark;
  }

  get name(): string {
    return this.#names.current;
  }

  /** As of the last thorough look: whether a trigger tells of commits. */
  get isAnnounced(): boolean {
    return this.#state.isAnnounced;
  }

  position(): LogPosition {
    const { drawnId } = this.#state;
    const { seenId } = this.#watermark;
    return {
      log: this.#names.current,
      latestId: this.latestId,
      startId: this.#startId,
      givenId: drawnId !== undefined && drawnId > seenId ? drawnId : seenId,
    };
  }

  /** As in `EventLog`. */
  resumePoint(cursor: Cursor): EventId | undefined {
    return this.#names.resumePoint(cursor);
  }

  memory(): TableMemory {
    return {
      identity: this.#identity,
      names: this.#names,
      landmarks: this.#seen.landmarks,
      latestId: this.latestId,
      startId: this.#startId,
      rate: this.rate,
      late: this.late,
    };
  }

  /**
   * Looks for new rows, by the rule of the watermark. Whoever may still fill a gap is asked for afterwards, with
   * `hasTransactionEnded`, so that rows which follow without a gap wait for one answer alone.
   * @throws what the client throws
   */
  async look(): Promise<Look> {
    const before = this.latestId;
    let found: RowsFound | undefined;
    // Many rows that wait are not read again at each look.
    if (this.#waitingRows > FEW_ROWS) {
      const { ids, newestId } = await this.queries.idsAfter(this.#watermark.id, IDS_PER_LOOK);
      this.#noteIds(ids, newestId);
    } else {
      found = await this.#rows.after(before, MAX_EVENT_ID, LIVE_LIMITS);
      if (found.storage !== undefined && found.storage !== this.#state.storage)
        return await this.lookThoroughly();
      const ids = found.rows.map(({ id }) => id);
      this.#noteIds(ids, later(ids.at(-1), found.drawnId));
    }
    const upTo = this.#watermark.id;
    if (upTo === before) return { kind: "unchanged" };
    const rows = found?.rows.filter(({ id }) => id <= upTo);
    // Where the read ended before the watermark, the rest is still to be read.
    const isWhole = found !== undefined && (!found.hasMore || (found.rows.at(-1)?.id ?? before) >= upTo);
    await this.#advance(before, upTo, isWhole ? rows : undefined);
    return { kind: "rows", isEnd: found?.hasMore !== true };
  }

  /**
   * Whether a transaction has ended that held back the next rows: then it is time for a look. To be asked after each
   * look that leaves the watermark in state "marked", and again now and then.
   * @throws what the client throws
   */
  async hasTransactionEnded(): Promise<boolean> {
    return this.#watermark.noteHolders(await this.locks.holders());
  }

  /** @param newestId the newest id that was seen or drawn: whoever has drawn it holds the table by now */
  #noteIds(ids: readonly EventId[], newestId: EventId | undefined): void {
    this.#watermark.noteRows(ids, ids.at(-1));
    this.#waitingRows = ids.filter((id) => id > this.#watermark.id).length;
    // Without a gap there is nothing to wait for.
    if (this.#waitingRows > 0) this.#watermark.noteRows([], newestId);
  }

  /** The same, and whether what was delivered is still there. */
  async lookThoroughly(): Promise<Look> {
    const before = this.#state;
    const state = await this.queries.state();
    if (state.oid !== this.shape.oid || state.columns !== before.columns) return { kind: "altered" };
    this.#state = state;
    this.#startId = startOf(state, this.latestId);
    const isTrusted = state.sequenceStorage === before.sequenceStorage;
    const lastSame = await this.#seen.lastSameId(this.latestId, this.#evidence(isTrusted));
    const look = this.#compare(lastSame, "rows-replaced");
    if (look !== undefined) return look;
    await this.late.look(this.queries);
    await this.roles.review(this.queries);
    return await this.look();
  }

  /** The watermark has moved. @param rows all rows since then; undefined where they are still to be read */
  async #advance(before: EventId, upTo: EventId, rows: readonly EventRow[] | undefined): Promise<void> {
    const found =
      rows === undefined ? await this.#rows.after(before, upTo, LIVE_LIMITS) : { rows, hasMore: false };
    this.pages.forgetMatches();
    if (found.hasMore) {
      // Too many to keep: each reader reads its own.
      this.late.noteGaps(await this.queries.gaps(before, upTo, GAP_ROWS));
      this.#noteRows(await this.queries.count(before, upTo, GAP_ROWS));
      await this.#seen.remember(upTo, before);
      this.pages.recent.clear(upTo);
    } else {
      this.late.noteRows(
        before,
        found.rows.map(({ id }) => id),
        upTo,
      );
      this.#noteRows(found.rows.length);
      const newest = found.rows.at(-1);
      if (newest !== undefined) this.#seen.note(newest);
      this.pages.recent.add(found.rows);
    }
    this.#latestId = upTo;
  }

  #noteRows(count: number): void {
    this.rate.add(count);
    this.roles.noteRows(count);
  }

  /** Finds out up to where the table is complete when it is seen for the first time. */
  async #begin(newestId: EventId | undefined, signal: AbortSignal, waitMs: number): Promise<void> {
    if (newestId === undefined) return;
    const bounds = { startId: this.#startId, newestId };
    const { watermark, gaps } = await findBeginning(this.queries, this.locks, bounds, signal, waitMs);
    this.#watermark = watermark;
    this.#latestId = watermark.id;
    this.pages.recent.clear(watermark.id);
    this.late.noteGaps(gaps.filter(({ to }) => to <= watermark.id));
    await this.#seen.remember(watermark.id, this.#startId - 1n);
  }

  /** Compares what is remembered with the table that was just opened. */
  async #recognise(memory: TableMemory): Promise<Look> {
    const reason = changeBetween(memory.identity, this.#identity);
    const isEmptied = reason !== "rows-replaced" && this.#state.newestId === undefined;
    const evidence = this.#evidence(this.#nameBase === this.#names.base);
    // A server that was not stopped in order may have lost the newest rows, and may give their ids again.
    const idsNeverReturn = evidence.idsNeverReturn && this.#state.drawnId !== undefined;
    const lastSame = isEmptied
      ? "none"
      : await this.#seen.lastSameId(this.latestId, { ...evidence, idsNeverReturn });
    return this.#compare(lastSame, reason) ?? { kind: "unchanged" };
  }

  /** What follows from a comparison of the rows, and from the name that the log should have. */
  #compare(lastSame: EventId | "all" | "none", reason: ResetReason): Look | undefined {
    if (lastSame !== "all") return this.#goBack(lastSame, reason);
    if (this.#nameBase === this.#names.base) return undefined;
    // No row says that the ids go on: they may begin anew.
    const { newestId = 0n, drawnId = 0n } = this.#state;
    const goesOn =
      this.#seen.landmarks.newest !== undefined || newestId >= this.latestId || drawnId >= this.latestId;
    return this.#goBack(goesOn ? this.latestId : "none", reason);
  }

  /** Of the name that the log should have. */
  get #nameBase(): string {
    return nameBaseOf(this.#identity, this.shape, this.#state);
  }

  #evidence(isSameTable: boolean): Evidence {
    const { drawnId } = this.#state;
    return {
      isSameTable,
      idsNeverReturn:
        this.shape.sequence !== undefined && (drawnId === undefined || drawnId >= this.latestId),
      timeColumn: this.roles.readings.time?.column,
    };
  }

  /** Rows after an id are not those that were delivered, or the log has another name from there on. */
  #goBack(lastSame: EventId | "none", reason: ResetReason): Look {
    const isAll = lastSame === "none" || (lastSame < this.latestId && lastSame <= this.#startId);
    if (isAll) this.#startId = startOf(this.#state, undefined);
    const from = isAll ? this.#startId : lastSame;
    this.#seen.landmarks.dropAfter(from);
    if (isAll) this.#names.replaceAll(this.#nameBase);
    else this.#names.replaceAfter(from, this.#nameBase);
    this.#watermark = new Watermark(from);
    this.#latestId = from;
    this.pages.recent.clear(from);
    this.pages.forgetMatches();
    this.late.forgetAfter(from);
    return { kind: "replaced", reason, resumedFrom: from };
  }
}

/**
 * The cursor below the smallest id. In an empty table that is the newest id that was delivered: what was drawn from the
 * sequence besides may still come.
 */
function startOf({ oldestId }: TableState, latestId: EventId | undefined): EventId {
  if (oldestId === undefined) return latestId ?? 0n;
  const start = oldestId - 1n;
  return latestId !== undefined && latestId < start ? latestId : start;
}

function later(id: EventId | undefined, other: EventId | undefined): EventId | undefined {
  return id === undefined || (other !== undefined && other > id) ? other : id;
}

/**
 * Follows a table of PostgreSQL that other processes write to: connects, notices commits, recognises another log in
 * its place, and tells who listens. The table is polled at every poll interval, come what may; everything else only
 * makes it sooner. There is one look at a time (`look-turns.ts`), and only here:
 *
 *     closed ── open ──▶ open ── look, look, … ──▶ open
 *       ▲   (back-off)     │
 *       └─── an error, or the connection is lost
 */
import {
  type Cursor,
  type EventId,
  type EventLog,
  type Filter,
  type LogChange,
  type LogPosition,
  type LogStatus,
  type Page,
  type PageLimits,
  type Unsubscribe,
} from "../../../events.ts";
import { QuestionError } from "../../../query/question-error.ts";
import type { Question } from "../../../question.ts";
import { Backoff } from "../../backoff.ts";
import { Listeners } from "../../listeners.ts";
import type { LogObserver, PollCause } from "../../opened-log.ts";
import { PLAIN_READING, type Reading, readingStatus } from "../../reading.ts";
import { addressOf } from "../address.ts";
import { Condition } from "./condition.ts";
import { EndTimer } from "./end-timer.ts";
import { explain, isAltered, isLocked } from "./explain.ts";
import type { FollowedTable } from "./followed-table.ts";
import { LookTurns } from "./look-turns.ts";
import type { Look, TableMemory } from "./look.ts";
import { HeldBackWatch, noticeOf } from "./notices.ts";
import { StreamQuestion, StreamQuestions } from "./questions.ts";
import { Session, WAITS, type Waits } from "./session.ts";

export interface PostgresTailOptions {
  /** `postgres://role:password@host:port/database` */
  readonly url: string;
  readonly table: string;
  readonly pollIntervalMs: number;
  /** How the columns are to be read. */
  readonly reading?: Reading;
  readonly waits?: Partial<Waits>;
}

/** While somebody listens and no notification tells of commits, the table is looked at so often. */
const TICK_MS = 250;

/** The size of the table is asked for so often. */
const SIZE_EVERY_MS = 60_000;

export class PostgresTail implements EventLog, Disposable {
  readonly polls: Record<PollCause, number> = { interval: 0, commit: 0, recheck: 0 };
  readonly #options: PostgresTailOptions;
  readonly #observer: LogObserver;
  readonly #waits: Waits;
  readonly #condition: Condition;
  readonly #listeners = new Listeners((someListen) => this.#setListening(someListen));
  readonly #backoff = new Backoff(() => this.#wakeToOpen("recheck"));
  readonly #endTimer = new EndTimer(() => this.#askForEnds());
  readonly #turns = new LookTurns({ look: () => this.#look(), lookForEnds: () => this.#lookForEnds() });
  readonly #questions = new StreamQuestions();
  readonly #heldBack = new HeldBackWatch();
  readonly #ending = new AbortController();
  /** Undefined while the table can't be read. */
  #session: Session | undefined;
  /** What is known of the table that was open last, by which it is recognised. */
  #memory: TableMemory | undefined;
  /** The table was missing since the start: all that comes then is new. */
  #wasMissing = false;
  #isThoroughDue = false;
  /** It is time to connect, where there is no connection. */
  #isOpenDue = false;
  /** The connection was lost: what answers at the next try may be another server. */
  #isLost = false;
  /** Readers were told "later". */
  #isWaitedFor = false;
  /** Rows came that no notification told of, though one should have. */
  #isUnannounced = false;
  #wasNoticed = false;
  #dataVersion = "";
  #versionAtMs = -Infinity;
  #sizeBytes: number | null = null;
  #sizedAtMs = -Infinity;
  #pollTimer: Timer | undefined;
  #tickTimer: Timer | undefined;

  constructor(options: PostgresTailOptions, observer: LogObserver) {
    this.#options = options;
    this.#observer = observer;
    this.#waits = { ...WAITS, ...options.waits };
    this.#condition = new Condition((state, problem) => observer.onState(state, problem, this.#latestId));
  }

  /** Opens the table, or begins to wait for it. */
  start(): void {
    this.#wakeToOpen("recheck");
    this.#pollTimer = setInterval(() => {
      this.#isThoroughDue = true;
      this.#wakeToOpen("interval");
    }, this.#options.pollIntervalMs);
  }

  /** As of a look that begins now; who asks at the start waits for the first one. */
  position(): Promise<LogPosition | undefined> {
    const isExpected = this.#session !== undefined || this.#condition.state === "opening";
    return isExpected ? this.#positionNow() : Promise.resolve(undefined);
  }

  /** As of the last look. */
  get lastPosition(): LogPosition | undefined {
    return this.#table?.position();
  }

  /** The table that is followed; undefined while it can't be read. */
  get open(): Pick<FollowedTable, "shape" | "roles"> | undefined {
    return this.#table;
  }

  /** What the state of the database is called, as of the last time that it was asked for. */
  get dataVersion(): string {
    return this.#dataVersion;
  }

  resumePoint(cursor: Cursor): EventId | undefined {
    return this.#table?.resumePoint(cursor);
  }

  filter(question: Question): Filter {
    const asked = this.#questions.use(question);
    try {
      if (this.#table !== undefined) asked.condition(this.#table.asked);
      return asked;
    } catch (error) {
      asked.release();
      throw error;
    }
  }

  readAfter(cursor: EventId, limits: PageLimits, filter?: Filter): Page | "later" | Promise<Page | "later"> {
    const table = this.#table;
    if (table === undefined) return "later";
    const page =
      filter instanceof StreamQuestion
        ? table.pages.matching(cursor, limits, filter, this.#questions.all)
        : table.pages.after(cursor, limits);
    return page instanceof Promise ? this.#awaitPage(page) : page;
  }

  onChange(listener: (change: LogChange) => void): Unsubscribe {
    return this.#listeners.add(listener);
  }

  refusal(): string {
    return this.#condition.refusal;
  }

  status(): LogStatus {
    const { url, table, pollIntervalMs, reading } = this.#options;
    return {
      state: this.#condition.state,
      problem: this.#condition.problem,
      advice: this.#condition.advice,
      database: { path: addressOf(url).shown, sizeBytes: this.#sizeBytes, journalMode: null },
      table,
      ...readingStatus(reading, this.#table?.roles.readings),
      eventsPerSecond: this.#table?.rate.perSecond() ?? 0,
      pollIntervalMs,
    };
  }

  [Symbol.dispose](): void {
    this.#ending.abort();
    this.#turns[Symbol.dispose]();
    clearInterval(this.#pollTimer);
    clearInterval(this.#tickTimer);
    this.#backoff[Symbol.dispose]();
    this.#endTimer[Symbol.dispose]();
    this.#close();
    this.#listeners.clear();
  }

  get #table(): FollowedTable | undefined {
    return this.#session?.table;
  }

  get #latestId(): EventId {
    return this.#table?.latestId ?? this.#memory?.latestId ?? 0n;
  }

  async #positionNow(): Promise<LogPosition | undefined> {
    const looked = this.#turns.nextLook();
    this.#wake("recheck");
    await looked;
    return this.#table?.position();
  }

  async #awaitPage(page: Promise<Page>): Promise<Page | "later"> {
    try {
      return await page;
    } catch (error) {
      if (this.#ending.signal.aborted) return "later";
      if (error instanceof QuestionError) throw error;
      this.#tellOfError("reading after a cursor", error);
      // What is wrong is for a look to find out; then it is told that it is time to ask again.
      this.#isWaitedFor = true;
      this.#backoff.schedule();
      return "later";
    }
  }

  #setListening(someListen: boolean): void {
    if (someListen === (this.#tickTimer !== undefined)) return;
    clearInterval(this.#tickTimer);
    this.#tickTimer = someListen ? setInterval(() => this.#tick(), TICK_MS) : undefined;
    if (someListen) this.#wake("recheck");
  }

  /** Looks without a notification, while somebody listens and no notification can be relied on. */
  #tick(): void {
    const session = this.#session;
    if (session === undefined) return;
    const isHeard = session.notifications.state === "hearing" && session.table.isAnnounced;
    if (!isHeard || this.#isUnannounced) this.#wake("recheck");
  }

  #onNotice(): void {
    this.#wasNoticed = true;
    this.#isUnannounced = false;
    // Nobody needs the rows before somebody asks.
    if (this.#tickTimer !== undefined) this.#wake("commit");
  }

  #onLost(): void {
    this.#isLost = true;
    this.#wakeToOpen("recheck");
  }

  /** The same, and connects where there is no connection: who asks for events does not make more tries of it. */
  #wakeToOpen(cause: PollCause): void {
    this.#isOpenDue = true;
    this.#wake(cause);
  }

  #wake(cause: PollCause): void {
    if (this.#ending.signal.aborted) return;
    this.polls[cause]++;
    this.#turns.look();
  }

  #askForEnds(): void {
    if (this.#ending.signal.aborted) return;
    this.polls.recheck++;
    this.#turns.lookForEnds();
  }

  async #look(): Promise<void> {
    this.#endTimer.stop();
    if (this.#isLost) this.#close();
    const isThorough = this.#isThoroughDue;
    const isOpenDue = this.#isOpenDue;
    this.#isThoroughDue = this.#isOpenDue = false;
    const session = this.#session;
    try {
      if (session === undefined) return isOpenDue ? await this.#open() : undefined;
      const before = this.#latestId;
      const wasNoticed = this.#wasNoticed;
      this.#wasNoticed = false;
      const look = isThorough ? await session.table.lookThoroughly() : await session.table.look();
      if (this.#ending.signal.aborted || this.#session !== session) return;
      this.#isUnannounced ||= isThorough && !wasNoticed && this.#latestId > before;
      this.#follow(look, session);
      // Where it could not be read before, all is well again.
      if (isThorough || this.#condition.state !== "tailing") await this.#review(session);
      await this.#lookForWrites(session);
    } catch (error) {
      if (!this.#ending.signal.aborted) this.#noteFailure(error);
    }
  }

  /** Tells what a look found, and plans the next one. */
  #follow(look: Look, { table }: Session): void {
    if (look.kind === "altered") {
      this.#close();
      this.#isOpenDue = true;
      return this.#turns.look();
    }
    this.#backoff.reset();
    if (look.kind === "replaced") {
      const { reason, resumedFrom } = look;
      this.#listeners.tell({ kind: "reset", reason, resumedFrom, position: table.position() });
      this.#turns.look();
    } else if (look.kind === "rows" || this.#isWaitedFor) {
      this.#isWaitedFor = false;
      this.#listeners.tell({ kind: "commit", latestId: this.#latestId });
      this.#endTimer.quicken();
    }
    if (look.kind === "rows" && !look.isEnd) this.#turns.look();
    if (table.watermark.state === "marked") this.#turns.lookForEnds();
    else this.#endTimer.quicken();
  }

  /** Who may fill a gap is asked at once, and then whether one of them has ended. */
  async #lookForEnds(): Promise<void> {
    const session = this.#session;
    if (session === undefined || session.table.watermark.state !== "marked") return;
    try {
      const hasEnded = await session.table.hasTransactionEnded();
      if (this.#ending.signal.aborted || this.#session !== session) return;
      if (hasEnded) this.#turns.look();
      else this.#endTimer.plan();
    } catch (error) {
      if (!this.#ending.signal.aborted) this.#noteFailure(error);
    }
  }

  async #review(session: Session): Promise<void> {
    const { table, notifications } = session;
    await this.#heldBack.look(table, this.#waits.heldBackMs);
    if (performance.now() - this.#sizedAtMs > SIZE_EVERY_MS) {
      this.#sizedAtMs = performance.now();
      this.#sizeBytes = await table.queries.size();
    }
    if (this.#session !== session) return;
    const { isSwallowed } = notifications;
    this.#condition.noteWell(noticeOf({ table, heldBack: this.#heldBack.found, isSwallowed }));
    // For every subscriber, whatever may have been missed.
    this.#listeners.tell({ kind: "commit", latestId: this.#latestId });
  }

  async #open(): Promise<void> {
    const { url, table: name, reading = PLAIN_READING } = this.#options;
    this.#isLost = false;
    const { session, look } = await Session.open(
      {
        url,
        table: name,
        reading,
        waits: this.#waits,
        signal: this.#ending.signal,
        onLost: () => this.#onLost(),
        onNotice: () => this.#onNotice(),
        onError: (error) => this.#tellOfError("listening for notifications", error),
      },
      this.#memory,
    );
    if (this.#ending.signal.aborted) return session[Symbol.dispose]();
    this.#session = session;
    const { table } = session;
    const fresh = this.#wasMissing && this.#memory === undefined;
    this.#wasMissing = false;
    for (const missing of table.roles.missing)
      this.#observer.onMissingColumn?.(
        missing,
        table.shape.log.columns.map((each) => each.name),
      );
    this.#condition.noteWell(noticeOf({ table, heldBack: undefined, isSwallowed: false }));
    if (look.kind !== "replaced") this.#listeners.tell({ kind: "opened", fresh, position: table.position() });
    this.#follow(look, session);
    // What came since the last connection, and what was missed meanwhile.
    this.#turns.look();
  }

  #close(): void {
    const session = this.#session;
    this.#isLost = false;
    if (session === undefined) return;
    this.#memory = session.table.memory();
    this.#session = undefined;
    session[Symbol.dispose]();
  }

  #noteFailure(error: unknown): void {
    const { url, table } = this.#options;
    const wasOpen = this.#session !== undefined;
    const problem = explain(error, { url, address: addressOf(url), table });
    if (isLocked(error)) {
      this.#condition.noteProblem(problem);
      return this.#backoff.schedule();
    }
    this.#close();
    // What was found when it was opened does not hold any more.
    if (wasOpen && isAltered(error)) {
      this.#isOpenDue = true;
      this.#turns.look();
    } else {
      if (problem.state === "waiting-for-table") this.#wasMissing = true;
      this.#tellOfError(wasOpen ? "looking for new events" : "opening the table", new Error(problem.problem));
      this.#condition.noteProblem(problem);
      this.#backoff.schedule();
    }
  }

  #tellOfError(operation: string, error: unknown): void {
    this.#observer.onError(operation, error, { latestId: String(this.#latestId) });
  }

  /** Whether anybody has committed, to whatever table. */
  async #lookForWrites({ table }: Session): Promise<void> {
    if (this.#tickTimer === undefined || performance.now() - this.#versionAtMs < TICK_MS) return;
    this.#versionAtMs = performance.now();
    const dataVersion = await table.queries.version();
    if (dataVersion === this.#dataVersion || this.#ending.signal.aborted) return;
    this.#dataVersion = dataVersion;
    this.#listeners.tell({ kind: "touched", dataVersion });
  }
}

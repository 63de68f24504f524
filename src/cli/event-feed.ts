/** The events that are wanted, printed as they come, with the place remembered: what `tail` and `wait` share. */
import type { EventId } from "../events.ts";
import type { TailOptions } from "../reader-options.ts";
import { CursorFile, type PrintedCursor } from "./cursor-file.ts";
import { type Followed, Follower, type Position, TRYING } from "./follower.ts";
import { hasLandmark, lookOf } from "./landmark.ts";
import { type LogSource, type RowReading, SourceError, type SourceState } from "./log-source.ts";
import { Notices } from "./notices.ts";
import { createPrinter, type Printer } from "./printer.ts";
import { askForSilence, type Silence } from "./silence.ts";
import { sourceOf } from "./source-of.ts";
import { endBrokenLine, writeOutput } from "./standard-output.ts";
import { startPoint } from "./start-point.ts";
import type { Terminal } from "./terminal.ts";

export interface FeedOptions {
  readonly options: TailOptions;
  readonly terminal: Terminal | undefined;
  /** Whether problems and resets stand among the lines of JSON, too. */
  readonly tellsInJson: boolean;
}

/** After what could not be had for a message. In ms. */
const RETRY_MS = 1000;

/** What becomes of the rest of a batch. */
type Next = "go on" | "leave the rest" | "end";

export class EventFeed implements AsyncDisposable {
  readonly #options: FeedOptions["options"];
  readonly #source: LogSource;
  readonly #notices: Notices;
  readonly #printer: Printer;
  readonly #cursorFile: CursorFile | undefined;
  readonly #follower: Follower;
  /** Of the last run, or of this one. */
  #cursor: PrintedCursor | undefined;
  #reading: RowReading | undefined;
  /** Where to begin is decided at the first hello. */
  #hasBegun = false;
  /** Whether the log has been compared with the landmark of the last run. */
  #isRecognised = false;
  /** Lines that are not written yet. */
  #text = "";

  /** @throws StartFailure where the cursor file can't be used */
  static async open({ options, terminal, tellsInJson }: FeedOptions): Promise<EventFeed> {
    const kept = options.cursorFile === undefined ? undefined : CursorFile.open(options.cursorFile);
    if (kept?.cursor !== undefined) endBrokenLine();
    // Not in the turn in which it happens, which may be in the middle of a read of the database.
    const isTold = options.json && tellsInJson;
    const notices = new Notices(isTold ? (line) => void writeOutput(line) : undefined);
    const source = await sourceOf(options.place, {
      onState: (state) => void setImmediate(() => notices.state(state)),
      onError: (operation, message) => notices.error(operation, message),
      onWarning: (message) => notices.warning(message),
    });
    return new EventFeed(options, source, notices, createPrinter(options.json, terminal), kept);
  }

  private constructor(
    options: FeedOptions["options"],
    source: LogSource,
    notices: Notices,
    printer: Printer,
    kept: { file: CursorFile; cursor: PrintedCursor | undefined } | undefined,
  ) {
    this.#options = options;
    this.#source = source;
    this.#notices = notices;
    this.#printer = printer;
    this.#cursorFile = kept?.file;
    this.#cursor = kept?.cursor;
    const { cursor } = kept ?? {};
    const start = { lastEventId: cursor?.id, log: cursor?.log };
    this.#follower = new Follower(source, options.where, start, {
      onState: (state: SourceState) => notices.state(state),
    });
  }

  /**
   * Prints until the end.
   * @param onPrinted called after each event was printed; false ends it
   * @throws OutputClosedError, SourceError, StartFailure
   */
  async print(onPrinted: () => boolean): Promise<void> {
    for await (const batch of this.#follower.batches()) {
      for (const followed of batch) {
        const next = await this.#takeOrRetry(followed, onPrinted);
        if (next === "end") this.#follower.end();
        if (next !== "go on") break;
      }
      await this.#flush();
    }
  }

  /**
   * Reads once more whether events have come.
   * @param left so many that are not printed yet break the silence
   */
  askForSilence(left: () => number): Promise<Silence> {
    const { where } = this.#options;
    return askForSilence(this.#source, { where, left, cursor: () => this.#follower.cursor });
  }

  end(): void {
    this.#follower.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#follower.end();
    this.#cursorFile?.[Symbol.dispose]();
    await this.#source[Symbol.asyncDispose]();
    await this.#notices[Symbol.asyncDispose]();
  }

  /** What a message needs to be read, such as how the columns are read, may not be had just then. */
  async #takeOrRetry(followed: Followed, onPrinted: () => boolean): Promise<Next> {
    const hadBegun = this.#hasBegun;
    try {
      return await this.#take(followed, onPrinted);
    } catch (error) {
      if (!(error instanceof SourceError) || error.kind !== "later") throw error;
      this.#hasBegun = hadBegun;
      this.#notices.state({ state: "unreachable", problem: error.message, advice: TRYING });
      const { id, log } = this.#cursor ?? {};
      this.#follower.restart({ lastEventId: id, log }, error.retryAfterMs ?? RETRY_MS);
      return "leave the rest";
    }
  }

  async #take(followed: Followed, onPrinted: () => boolean): Promise<Next> {
    switch (followed.kind) {
      case "event":
        this.#text += this.#printer.line(followed.data);
        if (this.#cursorFile !== undefined) await this.#printAndRemember(followed, this.#cursorFile);
        return onPrinted() ? "go on" : "end";
      case "cursor":
        await this.#flush();
        this.#remember(followed.id);
        return "go on";
      case "gap":
        await this.#flush();
        this.#notices.gap(followed.data);
        this.#remember(followed.id);
        return "go on";
      case "hello":
        return await this.#onHello(followed.position);
      case "reset":
        await this.#flush();
        return await this.#onReset(followed.position, followed.data);
    }
  }

  /** The line, and then its cursor: a kill in between prints this one line again, and loses none. */
  async #printAndRemember(
    { id, data }: Extract<Followed, { kind: "event" }>,
    cursorFile: CursorFile,
  ): Promise<void> {
    const look = lookOf(JSON.parse(data), this.#reading);
    const cursor = { log: this.#cursor?.log ?? "", id, landmark: { id, look } };
    const writeCursor = cursorFile.prepare(cursor);
    await this.#flush();
    writeCursor();
    this.#cursor = cursor;
  }

  async #onHello(position: Position): Promise<Next> {
    this.#reading = await this.#source.reading();
    this.#printer.read(this.#reading);
    const cursor = this.#cursor;
    if (cursor !== undefined) {
      this.#hasBegun = true;
      // A log with another name is told in the next message.
      if (cursor.id === position.resumedFrom) this.#rememberCursor({ ...cursor, log: position.log });
      return "go on";
    }
    const { log } = position;
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      const { since, after, lines, where } = this.#options;
      const start = await startPoint(this.#source, { where, since, after, lines }, position);
      if (start !== undefined && start !== position.resumedFrom) {
        this.#cursor = { log, id: start, landmark: undefined };
        this.#follower.restart({ lastEventId: start, log: after === start ? undefined : log });
        return "leave the rest";
      }
    }
    this.#rememberCursor({ log, id: position.resumedFrom, landmark: undefined });
    return "go on";
  }

  async #onReset(position: Position, data: Readonly<Record<string, unknown>>): Promise<Next> {
    const cursor = this.#cursor;
    const mayBeTheSame = !this.#isRecognised && data["reason"] === "log-changed";
    // The name of a log changes with its schema, while nobody looks, too.
    const isSame =
      mayBeTheSame &&
      cursor?.landmark !== undefined &&
      (await hasLandmark(this.#source, cursor.landmark, this.#reading));
    this.#isRecognised = true;
    if (isSame) {
      this.#follower.restart({ lastEventId: cursor.id, log: undefined });
      return "leave the rest";
    }
    this.#notices.reset(data);
    this.#rememberCursor({ log: position.log, id: position.resumedFrom, landmark: undefined });
    return "go on";
  }

  #remember(id: EventId): void {
    const { log = "", landmark } = this.#cursor ?? {};
    this.#rememberCursor({ log, id, landmark });
  }

  #rememberCursor(cursor: PrintedCursor): void {
    this.#cursor = cursor;
    this.#cursorFile?.write(cursor);
  }

  async #flush(): Promise<void> {
    const text = this.#text;
    this.#text = "";
    if (text !== "") await writeOutput(text);
  }
}

/**
 * Reads one response of an event stream as bytes: its head, the framing of HTTP chunks, and the event IDs, which it
 * finds by a native search instead of parsing each event. It checks that every ID is the one after the one before, or the next one that was asked for.
 */
import { type Asked, isAsked, nextAsked } from "./asked.ts";

const NEWLINE = 10;
const DIGIT_ZERO = 48;
const HEAD_END = "\r\n\r\n";

/** How many IDs that were passed over are remembered, so that a late one is told from one that came twice. */
const REMEMBERED_MISSING = 100_000;

/** What a read brought that the same read brings to other clients too. */
interface SeenRead {
  readonly bytes: Buffer;
  readonly firstId: number;
  readonly lastId: number;
  readonly events: number;
}

/** How many reads are kept. Clients that follow live get the same bytes within a moment of each other. */
const KEPT_READS = 8;

/** The last reads of all clients of one process: comparing bytes costs less than searching them again. */
export class ReadCache {
  readonly #reads: SeenRead[] = [];
  #next = 0;

  find(bytes: Buffer, firstId: number): SeenRead | undefined {
    for (const read of this.#reads) if (read.firstId === firstId && read.bytes.equals(bytes)) return read;
    return undefined;
  }

  add(read: SeenRead): void {
    this.#reads[this.#next] = read;
    this.#next = (this.#next + 1) % KEPT_READS;
  }
}

export class StreamScanner {
  /** HTTP status; undefined until the head is complete. */
  status: number | undefined;
  /** The highest ID so far. */
  lastId: number;
  events = 0;
  /** IDs that were passed over and have not come since. */
  lost = 0;
  duplicated = 0;
  /** IDs that came after a higher one. */
  outOfOrder = 0;
  /** IDs that were not asked for. */
  unasked = 0;
  readonly #asked: Asked | undefined;
  readonly #pattern: Buffer;
  readonly #cache: ReadCache;
  #head = "";
  #chunked = false;
  /** Bytes of the present HTTP chunk that are still to come. */
  #chunkLeft = 0;
  /** The start of a chunk's size line whose end is in the next read. */
  #sizeLine = "";
  /** Whether the next byte of the body begins a line after an empty line. */
  #atEventStart = true;
  /** Bytes of the last read that may be the beginning of an ID. */
  #carry: Buffer | undefined;
  #missing: Set<number> | undefined;

  /**
   * @param pattern the bytes before an ID, beginning with a newline
   * @param lastId the ID that the first event comes after
   * @param cache of the clients with the same question
   * @param asked which IDs are to come; all of them where it is left out
   */
  constructor(pattern: Buffer, lastId: number, cache: ReadCache, asked?: Asked) {
    this.#pattern = pattern;
    this.lastId = lastId;
    this.#cache = cache;
    this.#asked = asked;
  }

  /** The ID that has to come next. */
  get nextId(): number {
    return nextAsked(this.#asked, this.lastId);
  }

  /** @returns how many IDs there were in these bytes */
  push(bytes: Buffer): number {
    const before = this.events;
    if (this.status === undefined) {
      this.#readHead(bytes);
    } else if (this.#isBetweenEvents) {
      const known = this.#cache.find(bytes, this.lastId + 1);
      if (known !== undefined) {
        this.lastId = known.lastId;
        this.events += known.events;
      } else {
        const firstId = this.lastId + 1;
        const faults = this.#faults;
        this.#readBody(bytes);
        if (this.#isBetweenEvents && this.events > before && faults === this.#faults)
          this.#cache.add({ bytes, firstId, lastId: this.lastId, events: this.events - before });
      }
    } else {
      this.#readBody(bytes);
    }
    return this.events - before;
  }

  get #faults(): number {
    return this.lost + this.duplicated + this.outOfOrder + this.unasked;
  }

  /** Whether nothing of what came so far matters to what comes next. */
  get #isBetweenEvents(): boolean {
    return this.#atEventStart && this.#carry === undefined && this.#chunkLeft === 0 && this.#sizeLine === "";
  }

  #readHead(bytes: Buffer): void {
    this.#head += bytes.toString("latin1");
    const end = this.#head.indexOf(HEAD_END);
    if (end === -1) return;
    const rest = Buffer.from(this.#head.slice(end + HEAD_END.length), "latin1");
    this.status = Number(this.#head.slice(9, 12));
    this.#chunked = /^transfer-encoding: *chunked/im.test(this.#head.slice(0, end));
    this.#head = "";
    this.#readBody(rest);
  }

  #readBody(bytes: Buffer): void {
    if (!this.#chunked) return this.#scan(bytes);
    let at = 0;
    while (at < bytes.length) {
      if (this.#chunkLeft > 0) {
        const piece = bytes.subarray(at, at + this.#chunkLeft);
        this.#scan(piece);
        at += piece.length;
        this.#chunkLeft -= piece.length;
        continue;
      }
      const newline = bytes.indexOf(NEWLINE, at);
      if (newline === -1) {
        this.#sizeLine += bytes.toString("latin1", at);
        return;
      }
      const line = (this.#sizeLine + bytes.toString("latin1", at, newline)).trim();
      this.#sizeLine = "";
      at = newline + 1;
      // The empty line is the end of the chunk before.
      if (line !== "") this.#chunkLeft = Number.parseInt(line, 16);
    }
  }

  #scan(piece: Buffer): void {
    const pattern = this.#pattern;
    const bytes = this.#carry === undefined ? piece : Buffer.concat([this.#carry, piece]);
    const { length } = bytes;
    this.#carry = undefined;
    // At the start of an event the newline of the pattern was in an earlier read, so a match may begin before 0.
    const leading = this.#atEventStart && this.#startsInside(bytes);
    let found = leading ? -1 : bytes.indexOf(pattern);
    let matched = leading || found !== -1;
    while (matched) {
      let end = found + pattern.length;
      let id = 0;
      for (; end < length; end++) {
        const digit = (bytes[end] ?? 0) - DIGIT_ZERO;
        if (digit < 0 || digit > 9) break;
        id = id * 10 + digit;
      }
      if (end >= length) {
        // The pattern or the number may go on in the next read.
        this.#atEventStart = found === -1;
        this.#carry = Buffer.from(bytes.subarray(Math.max(found, 0)));
        return;
      }
      this.#see(id);
      found = bytes.indexOf(pattern, end);
      matched = found !== -1;
    }
    this.#atEventStart = length >= 2 && bytes[length - 1] === NEWLINE && bytes[length - 2] === NEWLINE;
    if (!this.#atEventStart) this.#carry = Buffer.from(bytes.subarray(Math.max(0, length - pattern.length)));
  }

  /** Whether bytes begin with the pattern without its newline, or with as much of it as there is. */
  #startsInside(bytes: Buffer): boolean {
    const length = Math.min(this.#pattern.length - 1, bytes.length);
    return bytes.compare(this.#pattern, 1, 1 + length, 0, length) === 0;
  }

  #see(id: number): void {
    this.events++;
    if (this.#asked !== undefined && !isAsked(this.#asked, id)) {
      this.unasked++;
    } else if (id === this.nextId) {
      this.lastId = id;
    } else if (id > this.lastId) {
      this.#miss(id);
      this.lastId = id;
    } else if (this.#missing?.delete(id) === true) {
      this.lost--;
      this.outOfOrder++;
    } else {
      this.duplicated++;
    }
  }

  /** Notes what was passed over before an ID. */
  #miss(id: number): void {
    this.#missing ??= new Set();
    for (let missing = this.nextId; missing < id; missing = nextAsked(this.#asked, missing)) {
      this.lost++;
      if (this.#missing.size < REMEMBERED_MISSING) this.#missing.add(missing);
    }
  }
}

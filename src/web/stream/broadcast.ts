/** The stream of the server's in the one tab that holds it: for this tab's own page, and for the other tabs. */
import type { Position } from "../feed/backlog.ts";
import { Replay } from "./replay.ts";
import { type Hello, type OpenStream, Stream, type StreamListener, type StreamRow } from "./stream.ts";
import type { Answer, SentJoin, TabChannel } from "./tab-channel.ts";

export class Broadcast implements OpenStream {
  readonly #channel: TabChannel;
  readonly #stream: Stream;
  /** Undefined until the stream's own `hello` was heard. */
  #hello: Hello | undefined;
  #replay = new Replay(0n);
  /** Rows of one chunk of the network go to the other tabs together. */
  #batch: { readonly previous: bigint; readonly rows: StreamRow[] } | undefined;
  /** Calls back in the next turn of the event loop. A timer would be held back for a second in a hidden tab. */
  readonly #turn = new MessageChannel();

  /**
   * @param position where the page of this tab stands
   * @param question whose rows the stream brings
   * @param listener what this tab's page hears: always before the other tabs, unless it ends what they hear
   */
  constructor(channel: TabChannel, position: Position, question: string, listener: StreamListener) {
    this.#channel = channel;
    this.#turn.port1.addEventListener("message", () => this.#flush());
    this.#turn.port1.start();
    channel.announce({ kind: "leading" });
    // What ends the stream is announced first: the listener closes this object in answer to it.
    const heard: StreamListener = {
      onHello: (hello) => {
        this.#hello = hello;
        this.#replay = new Replay(BigInt(hello.resumedFrom));
        channel.announce({ kind: "hello" });
        listener.onHello(hello);
      },
      onRow: (row) => {
        this.#add(row);
        listener.onRow(row);
      },
      onReset: (reset) => {
        this.#flush();
        this.#replay.resumeFrom(BigInt(reset.resumedFrom));
        this.#hello = reset;
        channel.announce({ kind: "reset", reset });
        listener.onReset(reset);
      },
      onGap: (gap) => {
        this.#flush();
        this.#replay.resumeFrom(BigInt(gap.oldestId) - 1n);
        channel.announce({ kind: "gap", gap });
        listener.onGap(gap);
      },
      onBye: (bye) => {
        this.#flush();
        channel.announce({ kind: "bye", bye });
        listener.onBye(bye);
      },
      onPing: () => {
        channel.announce({ kind: "ping" });
        listener.onPing();
      },
      onChange:
        listener.onChange === undefined
          ? undefined
          : () => {
              channel.announce({ kind: "change" });
              listener.onChange?.();
            },
      onUnreadable: (error) => listener.onUnreadable(error),
      onLost: () => {
        this.#flush();
        channel.announce({ kind: "lost" });
        listener.onLost();
      },
    };
    this.#stream = new Stream(position, heard, question);
  }

  get isSilent(): boolean {
    return this.#stream.isSilent;
  }

  /** Answers a tab that wants to hear the rows after its cursor. */
  answer({ from, cursor, log }: SentJoin): void {
    // What is announced after the answer has to go on from it.
    this.#flush();
    this.#channel.answer(from, this.#answerTo(cursor, log));
  }

  close(): void {
    this.#stream.close();
    this.#turn.port1.close();
  }

  #answerTo(cursor: bigint, log: string): Answer {
    if (this.#hello === undefined) return { kind: "not-yet" };
    if (log !== this.#hello.log) return { kind: "other-log" };
    const rows = this.#replay.after(cursor);
    if (rows === undefined) return { kind: "behind" };
    const latestId = String(this.#replay.last);
    return { kind: "welcome", hello: { ...this.#hello, latestId, resumedFrom: String(cursor) }, rows };
  }

  #add(row: StreamRow): void {
    // Without an id nobody could tell where it belongs: the other tabs leave it out.
    if (row.id === undefined) return;
    if (this.#batch === undefined) {
      this.#batch = { previous: this.#replay.last, rows: [] };
      this.#turn.port2.postMessage(undefined);
    }
    this.#batch.rows.push(row);
    this.#replay.add(row);
  }

  #flush(): void {
    if (this.#batch === undefined) return;
    this.#channel.announce({ kind: "rows", ...this.#batch });
    this.#batch = undefined;
  }
}

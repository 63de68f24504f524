/**
 * Which questions have a stream. A browser allows six connections to a host, so its tabs have three streams together,
 * and the rest is left for everything else. The locks of the browser say who has what: they are true even after a tab
 * has crashed.
 */

/** Of one browser, for one server. */
export const MAX_STREAMS = 3;

/** After an update of the server old pages stay open beside new ones: raise it when the meaning of a lock changes. */
const VERSION = 1;

/** What the tabs of this browser want of one server, by question. */
export interface Demand {
  /** Questions that have a stream. */
  readonly streaming: ReadonlySet<string>;
  /** Questions that somebody looks at, in some tab. */
  readonly lookedAt: ReadonlySet<string>;
}

export type Choice =
  | { readonly kind: "take" }
  /** Take the stream of this question, which nobody looks at. */
  | { readonly kind: "evict"; readonly question: string }
  | { readonly kind: "wait" };

/** Whether a question may have a stream. Only one tab of the browser decides at a time. */
export function choose(question: string, { streaming, lookedAt }: Demand): Choice {
  // A tab that was frozen has it, and has lost the lead.
  if (streaming.has(question)) return { kind: "take" };
  const free = MAX_STREAMS - streaming.size;
  if (lookedAt.has(question)) {
    if (free > 0) return { kind: "take" };
    const unseen = [...streaming].find((other) => !lookedAt.has(other));
    return unseen === undefined ? { kind: "wait" } : { kind: "evict", question: unseen };
  }
  // Room that a question needs which is looked at would only be taken back.
  const needed = [...lookedAt].filter((other) => !streaming.has(other)).length;
  return { kind: free > needed ? "take" : "wait" };
}

/** The names of the locks of one server. */
export class LockNames {
  readonly #path: string;

  /** @param path of the stream, which tells two servers behind one address apart */
  constructor(path: string) {
    this.#path = path;
  }

  /** Held by the tab that decides: what it has seen stays true until it has decided. */
  get deciding(): string {
    return this.#name("deciding");
  }

  /** Held by the tab that has the stream of a question. */
  stream(question: string): string {
    return `${this.#name("stream")} ${question}`;
  }

  /** Held, together with others, by every tab with this question that somebody looks at. */
  look(question: string): string {
    return `${this.#name("look")} ${question}`;
  }

  /** @param held the locks that are held, of whatever kind */
  read(held: readonly LockInfo[]): Demand {
    const after = (prefix: string, kind: LockMode) =>
      new Set(
        held.flatMap(({ name, mode }) =>
          name?.startsWith(prefix) === true && mode === kind ? [name.slice(prefix.length)] : [],
        ),
      );
    return {
      // Who waits for the end of a stream gets its lock together with others, for a moment.
      streaming: after(this.stream(""), "exclusive"),
      lookedAt: after(this.look(""), "shared"),
    };
  }

  #name(kind: string): string {
    return `tailboard ${kind} ${VERSION} ${this.#path}`;
  }
}

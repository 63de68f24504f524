/** Asks the questions of the search box, and looks for older rows that match until the table is full. */
import { fetchEvents, Refused } from "../api.ts";
import { asParameter, type Mistake, mistakeIn, questionInUrl, showInUrl } from "../asked.ts";
import type { State } from "../state.ts";
import type { Backlog } from "./backlog.ts";

/** The status of an answer to what can't be asked. */
const BAD_REQUEST = 400;

export interface SearcherOptions {
  readonly state: State;
  readonly backlog: Pick<Backlog, "searchBack">;
  /** Another question is asked from now on: the rows that are shown, and the stream, are the answer to the old one. */
  readonly onAsked: () => void;
  readonly onFailure: (error: unknown) => void;
}

export class Searcher {
  readonly #state: State;
  readonly #options: SearcherOptions;
  /** Counts what is asked: whether something can be asked is known too late where something else is asked meanwhile. */
  #askedCount = 0;
  /** What the address asks, as it was read or written last. */
  #inAddress = questionInUrl();

  constructor(options: SearcherOptions) {
    this.#state = options.state;
    this.#options = options;
  }

  /** A link may ask what can't be asked: then everything is shown, and the search box says why. */
  async begin(): Promise<void> {
    if ((await this.#check(this.#state.question.peek())) === "refused") this.#state.question.value = "";
  }

  /**
   * Asks another question, unless it can't be asked: then the search box says why, and nothing else changes.
   * @param draft what stands in the search box from now on
   */
  async ask(question: string, draft = question): Promise<void> {
    this.#state.searchText.value = draft;
    if ((await this.#check(question)) !== "possible") return;
    showInUrl(question);
    this.#inAddress = question;
    this.#show(question);
  }

  /** The browser went back or forward, and the address may hold another question; as in `begin`, it may be none. */
  async askWhatTheAddressSays(): Promise<void> {
    const question = questionInUrl();
    // Another step of the history, such as an event that is closed, is no question: what is half written stays.
    if (question === this.#inAddress) return;
    this.#inAddress = question;
    this.#state.searchText.value = question;
    const outcome = await this.#check(question);
    if (outcome !== "outdated") this.#show(outcome === "possible" ? question : "");
  }

  #show(question: string): void {
    const state = this.#state;
    if (question === state.question.peek()) return;
    state.question.value = question;
    state.search.value = undefined;
    this.#options.onAsked();
  }

  /**
   * Goes on until the table is full, the log is at its end, or the reader has stopped it.
   * @param from how far back was looked already; null where the log is at its end
   */
  async searchBack(from: bigint | null): Promise<void> {
    const { state, backlog, onFailure } = this.#options;
    if (from === null) {
      state.search.value = undefined;
      return;
    }
    const question = state.question.peek();
    let scannedTo: bigint | null = from;
    state.search.value = { scannedTo: from, isRunning: true };
    try {
      while (scannedTo !== null && this.#isRunning()) {
        const found = await backlog.searchBack(scannedTo);
        if (question !== state.question.peek()) return;
        if (found === undefined) break;
        ({ scannedTo } = found);
        const isRunning = this.#isRunning();
        state.search.value = scannedTo === null ? undefined : { scannedTo, isRunning };
      }
    } catch (error) {
      this.stop();
      onFailure(error);
    }
  }

  /** Goes on with a search that was stopped. */
  goOn(): void {
    const from = this.#state.search.peek()?.scannedTo;
    if (from !== undefined) void this.searchBack(from);
  }

  stop(): void {
    const search = this.#state.search.peek();
    if (search !== undefined) this.#state.search.value = { ...search, isRunning: false };
  }

  #isRunning(): boolean {
    return this.#state.search.peek()?.isRunning === true;
  }

  /** Whether the server can answer a question, as far as that is known: what is shown should not go for nothing. */
  async #check(question: string): Promise<"possible" | "refused" | "outdated"> {
    const asked = ++this.#askedCount;
    const mistake = mistakeIn(question) ?? (await refusalOf(question));
    if (asked !== this.#askedCount) return "outdated";
    this.#state.mistake.value = mistake;
    return mistake === undefined ? "possible" : "refused";
  }
}

/** @returns what the server says against a question; undefined where it can be asked, or where there is no answer */
async function refusalOf(question: string): Promise<Mistake | undefined> {
  if (question === "") return undefined;
  try {
    await fetchEvents(`limit=1&budget=1${asParameter(question)}`);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== BAD_REQUEST) return undefined;
    const { message, place } = error;
    return { text: place?.reason ?? message, at: place?.position };
  }
}

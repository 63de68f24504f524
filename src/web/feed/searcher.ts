/** Asks the questions of the search box, and looks for older rows that match until the table is full. */
import { fetchEvents, Refused } from "../api.ts";
import { asParameter, mistakeIn, questionInUrl, showInUrl } from "../asked.ts";
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

  constructor(options: SearcherOptions) {
    this.#state = options.state;
    this.#options = options;
  }

  /** A link may ask what can't be asked: then everything is shown, and the search box says why. */
  async begin(): Promise<void> {
    if (!(await this.#canAsk(this.#state.question.peek()))) this.#state.question.value = "";
  }

  /** Asks another question, unless it can't be asked: then the search box says why, and nothing else changes. */
  async ask(question: string): Promise<void> {
    const state = this.#state;
    state.searchText.value = question;
    if (!(await this.#canAsk(question)) || question === state.question.peek()) return;
    showInUrl(question);
    state.question.value = question;
    state.search.value = undefined;
    this.#options.onAsked();
  }

  /** The browser went back or forward, and the address may hold another question. */
  async askWhatTheAddressSays(): Promise<void> {
    await this.ask(questionInUrl());
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
  async #canAsk(question: string): Promise<boolean> {
    const { mistake } = this.#state;
    mistake.value = mistakeIn(question);
    if (mistake.value !== undefined) return false;
    if (question === "") return true;
    try {
      await fetchEvents(`limit=1&budget=1${asParameter(question)}`);
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== BAD_REQUEST) return true;
      const { message, place } = error;
      mistake.value = { text: place?.reason ?? message, at: place?.position };
      return false;
    }
    return true;
  }
}

/** A tab of Firefox. */
import type { Bidi } from "./bidi.ts";
import { Page } from "./page.ts";
import { until } from "./until.ts";

export interface FirefoxTabOptions {
  readonly width?: number;
  readonly height?: number;
}

/** The signs that stand for keys without a character: https://w3c.github.io/webdriver/#keyboard-actions */
const KEYS: Readonly<Record<string, string>> = {
  Tab: "\uE004",
  Enter: "\uE006",
  Escape: "\uE00C",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
};

/** What the browser refuses by its policy stands in no log that the driver hears: the page itself says so. */
const REPORT_POLICY = `() => addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  console.error("refused by " + violatedDirective + ": " + blockedURI))`;

export class FirefoxTab extends Page implements AsyncDisposable {
  override readonly errors: string[] = [];
  readonly #bidi: Bidi;
  /** What keeps its storage apart from that of other tabs. */
  readonly #userContext: string;
  readonly #context: string;
  readonly #forget: () => void;

  private constructor(bidi: Bidi, userContext: string, context: string) {
    super();
    this.#bidi = bidi;
    this.#userContext = userContext;
    this.#context = context;
    this.#forget = bidi.on("log.entryAdded", (entry) => {
      if (entry.level === "error" && entry.source.context === context) this.errors.push(entry.text ?? "");
    });
  }

  /** Opens a tab that shares no storage with any other, and waits until the page is loaded. */
  static async open(
    bidi: Bidi,
    url: string,
    { width = 1280, height = 800 }: FirefoxTabOptions = {},
  ): Promise<FirefoxTab> {
    const { userContext } = await bidi.send<{ userContext: string }>("browser.createUserContext");
    const { context } = await bidi.send<{ context: string }>("browsingContext.create", {
      type: "tab",
      userContext,
    });
    await bidi.send("script.addPreloadScript", { functionDeclaration: REPORT_POLICY, contexts: [context] });
    await bidi.send("browsingContext.setViewport", { context, viewport: { width, height } });
    const tab = new FirefoxTab(bidi, userContext, context);
    await bidi.send("browsingContext.navigate", { context, url, wait: "complete" });
    return tab;
  }

  /** The value goes through JSON: what JSON can't say is not there. */
  override async evaluate<T = unknown>(script: string): Promise<T> {
    const { value } = await this.#evaluate(`(async () => JSON.stringify(await (${script}\n)))()`);
    const found: T = value === undefined ? undefined : JSON.parse(value);
    return found;
  }

  override async click(selector: string): Promise<void> {
    const element = `document.querySelector(${JSON.stringify(selector)})`;
    await until(
      () => this.evaluate<boolean>(`${element}?.checkVisibility() === true`),
      `${selector} to be there`,
    );
    const { sharedId } = await this.#evaluate(
      `(() => { const found = ${element}; found.scrollIntoView({ block: "nearest" }); return found; })()`,
    );
    const origin = { type: "element", element: { sharedId } };
    await this.#act({
      type: "pointer",
      id: "mouse",
      actions: [
        { type: "pointerMove", x: 0, y: 0, origin },
        { type: "pointerDown", button: 0 },
        { type: "pointerUp", button: 0 },
      ],
    });
  }

  /** @param key as `KeyboardEvent.key` has it */
  press(key: string): Promise<void> {
    return this.write(KEYS[key] ?? key);
  }

  /** Writes into what has the focus. */
  async write(text: string): Promise<void> {
    const actions = Array.from(text).flatMap((value) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ]);
    await this.#act({ type: "key", id: "keyboard", actions });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#forget();
    await this.#bidi.send("browser.removeUserContext", { userContext: this.#userContext });
  }

  async #act(source: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#bidi.send("input.performActions", { context: this.#context, actions: [source] });
  }

  async #evaluate(expression: string): Promise<Evaluated["result"]> {
    const evaluated = await this.#bidi.send<Evaluated>("script.evaluate", {
      expression,
      target: { context: this.#context },
      awaitPromise: true,
      userActivation: true,
    });
    if (evaluated.type === "exception")
      throw new Error(evaluated.exceptionDetails?.text ?? "a script failed");
    return evaluated.result;
  }
}

/** The parts used here of https://w3c.github.io/webdriver-bidi/ */
interface Evaluated {
  readonly type: "success" | "exception";
  readonly result: { readonly value?: string; readonly sharedId?: string };
  readonly exceptionDetails?: { readonly text: string };
}

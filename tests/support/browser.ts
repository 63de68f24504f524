/** Tabs of a real Chromium, seen through Bun.WebView. */
import { findChromium, NO_CHROMIUM } from "./chromium.ts";
import { Page } from "./page.ts";
import { describeWhere, isRoot } from "./tools.ts";
import { until } from "./until.ts";

const chromium = await findChromium();

/**
 * Pages of Chromium itself, which it loads beside every tab for the list under its address bar, in headless mode too: a
 * second of processor time a tab, more than the page that is tested.
 */
const ADDRESS_BAR_PAGES = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup"];

/**
 * `describe` for tests that need a browser. Without one they are skipped; in CI, where no one reads what was
 * skipped, they fail.
 */
export const describeInBrowser = describeWhere(chromium !== undefined, NO_CHROMIUM);

export interface Request {
  readonly url: string;
  /** Chromium's name for what asked: Document, Script, Fetch, EventSource, … */
  readonly type: string;
}

export interface TabOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
  readonly reducedMotion?: boolean;
  /** Runs in every new document before any script of the page. */
  readonly before?: string;
  /** All tabs have one cache, of what another one has loaded before. */
  readonly withoutCache?: boolean;
}

export class Tab extends Page implements AsyncDisposable {
  /** Every request of the page, in order. */
  readonly requests: Request[] = [];
  /** Errors of the console, uncaught exceptions, and what Chromium itself logs as an error. */
  override readonly errors: string[] = [];
  /** What came over the network for requests that have ended, with its headers. In bytes. */
  receivedBytes = 0;
  readonly #view: Bun.WebView;
  /** A view takes one operation at a time: the rest waits here. */
  #queue: Promise<unknown> = Promise.resolve();

  private constructor({ width = 1280, height = 800 }: TabOptions) {
    super();
    this.#view = new Bun.WebView({
      width,
      height,
      backend: {
        type: "chrome",
        ...(chromium === undefined ? {} : { path: chromium }),
        argv: [
          // Chromium refuses to run as root with its sandbox.
          ...(isRoot ? ["--no-sandbox"] : []),
          "--disable-quic",
          "--disable-component-update",
          "--disable-sync",
          "--disable-background-networking",
          `--disable-features=${ADDRESS_BAR_PAGES.join(",")}`,
        ],
      },
      console: (type, ...args) => {
        if (type === "error") this.errors.push(args.map(String).join(" "));
      },
    });
  }

  static async open(url: string, options: TabOptions = {}): Promise<Tab> {
    const tab = new Tab(options);
    // The first navigation makes the session that the commands below belong to.
    await tab.#view.navigate("about:blank");
    tab.#listen();
    for (const domain of ["Page", "Network", "Runtime", "Log"]) await tab.cdp(`${domain}.enable`);
    await tab.cdp("Emulation.setEmulatedMedia", {
      features: [
        { name: "prefers-color-scheme", value: options.scheme ?? "light" },
        {
          name: "prefers-reduced-motion",
          value: options.reducedMotion === true ? "reduce" : "no-preference",
        },
      ],
    });
    if (options.withoutCache === true) await tab.cdp("Network.setCacheDisabled", { cacheDisabled: true });
    if (options.before !== undefined) {
      await tab.cdp("Page.addScriptToEvaluateOnNewDocument", { source: options.before });
    }
    await tab.#view.navigate(url);
    return tab;
  }

  override evaluate<T = unknown>(script: string): Promise<T> {
    return this.#next(() => this.#view.evaluate<T>(script));
  }

  cdp(method: string, params: Record<string, unknown> = {}): Promise<unknown> {
    return this.#next(() => this.#view.cdp(method, params));
  }

  override click(selector: string): Promise<void> {
    return this.#next(() => this.#view.click(selector));
  }

  /** Loads the page again. Returns when the old one is gone. */
  async reload(): Promise<void> {
    await this.evaluate("((window.isBeforeReload = true), location.reload())");
    // While the document changes there may be nothing to evaluate in.
    const isNew = () => this.evaluate<boolean>("window.isBeforeReload !== true").catch(() => false);
    await until(isNew, "the page to load again");
  }

  /** Requests whose path, relative to the page, begins like this. */
  requested(path: string): string[] {
    return this.requests
      .map(({ url }) => new URL(url))
      .flatMap(({ pathname, search }) => (pathname.startsWith(path) ? [pathname + search] : []));
  }

  setOffline(offline: boolean): Promise<unknown> {
    const unlimited = -1;
    return this.cdp("Network.emulateNetworkConditions", {
      offline,
      latency: 0,
      downloadThroughput: unlimited,
      uploadThroughput: unlimited,
    });
  }

  screenshot(): Promise<Buffer> {
    return this.#next(() => this.#view.screenshot({ encoding: "buffer" }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue;
    this.#view.close();
  }

  #next<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(operation);
    this.#queue = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  #listen(): void {
    this.#on("Network.requestWillBeSent", ({ request, type }) => {
      this.requests.push({ url: request.url, type: type ?? "" });
    });
    this.#on("Network.loadingFinished", ({ encodedDataLength }) => {
      this.receivedBytes += encodedDataLength;
    });
    this.#on("Runtime.exceptionThrown", ({ exceptionDetails }) => {
      this.errors.push(exceptionDetails.exception?.description ?? exceptionDetails.text);
    });
    this.#on("Log.entryAdded", ({ entry }) => {
      if (entry.level === "error") this.errors.push(`${entry.text} ${entry.url ?? ""}`.trim());
    });
  }

  #on<M extends keyof CdpEvents>(method: M, handler: (params: CdpEvents[M]) => void): void {
    this.#view.addEventListener(method, (event) => {
      if (event instanceof MessageEvent) handler(event.data);
    });
  }
}

/** The parts used here of https://chromedevtools.github.io/devtools-protocol/ */
interface CdpEvents {
  "Network.requestWillBeSent": { request: { url: string }; type?: string };
  "Network.loadingFinished": { encodedDataLength: number };
  "Runtime.exceptionThrown": { exceptionDetails: { text: string; exception?: { description?: string } } };
  "Log.entryAdded": { entry: { level: string; text: string; url?: string } };
}

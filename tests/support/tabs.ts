/** Several tabs of one browser: those of Bun.WebView share their browser and its profile. */
import { Tab } from "./browser.ts";

/** Opens its streams in this tab, and others hear of what they bring. */
export const streamsOf = (tab: Tab) => tab.requests.filter(({ type }) => type === "EventSource").length;

/** Notes what a row costs in each tab: every row that enters the table, by its id, in `window.entered`. */
export const watchRows = `(() => {
  window.entered = [];
  const note = (nodes) => { for (const node of nodes) if (node.dataset?.eventId) entered.push(node.dataset.eventId); };
  new MutationObserver((records) => records.forEach(({ addedNodes }) => note(addedNodes)))
    .observe(document.querySelector("#app"), { childList: true, subtree: true });
})()`;

/** Lets `look` say whether somebody looks at a tab, which has no frames meanwhile. For `before`. */
export const mayBeHidden = `window.isLookedAt = true;
  Object.defineProperty(document, "visibilityState", { get: () => (isLookedAt ? "visible" : "hidden") });
  Object.defineProperty(document, "hidden", { get: () => !isLookedAt });
  (() => {
    const request = requestAnimationFrame.bind(window), cancel = cancelAnimationFrame.bind(window);
    const waiting = new Map();
    let last = 0;
    window.requestAnimationFrame = (draw) => {
      if (isLookedAt) return request(draw);
      waiting.set(--last, draw);
      return last;
    };
    window.cancelAnimationFrame = (id) => (waiting.delete(id) ? undefined : cancel(id));
    document.addEventListener("visibilitychange", () => {
      if (!isLookedAt) return;
      for (const draw of waiting.values()) request(draw);
      waiting.clear();
    });
  })();`;

/** What happens when somebody comes to a tab, or leaves it. It was opened with `mayBeHidden`. */
export async function look(tab: Tab, isLookedAt: boolean): Promise<void> {
  await tab.evaluate(
    `isLookedAt = ${isLookedAt}, document.dispatchEvent(new Event("visibilitychange", { bubbles: true }))`,
  );
}

/** The page's clock runs ahead by this much from now on. */
export const advanceClock = (ms: number) =>
  `(() => { const now = performance.now.bind(performance); performance.now = () => now() + ${ms}; })()`;

export class Tabs implements AsyncDisposable {
  readonly all: Tab[] = [];

  static async open(url: string, count: number, before?: string): Promise<Tabs> {
    const tabs = new Tabs();
    for (let at = 0; at < count; at++) await tabs.add(url, before);
    return tabs;
  }

  async add(url: string, before?: string): Promise<Tab> {
    const tab = await Tab.open(url, before === undefined ? {} : { before });
    this.all.push(tab);
    return tab;
  }

  /** The tab that opened a stream last, taken out of the list. */
  takeLeader(): Tab {
    const leader = this.all.findLast((tab) => streamsOf(tab) > 0);
    if (leader === undefined) throw new Error("no tab has a stream");
    this.all.splice(this.all.indexOf(leader), 1);
    return leader;
  }

  async untilAll(status: string, timeoutMs?: number): Promise<void> {
    for (const tab of this.all) await tab.untilText("#connection-status", status, timeoutMs);
  }

  async untilRows(rows: readonly number[]): Promise<void> {
    for (const tab of this.all) await tab.untilRows(rows);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const tab of this.all) await tab[Symbol.asyncDispose]();
  }
}

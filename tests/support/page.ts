/** What every browser shows alike: the page that the tests ask, whichever engine draws it. */
import { until } from "./until.ts";

export abstract class Page {
  /** Errors of the console and uncaught exceptions. */
  abstract readonly errors: string[];

  /** @param script an expression; a promise is awaited */
  abstract evaluate<T = unknown>(script: string): Promise<T>;

  /** Clicks with the mouse into the middle of the first element that matches. */
  abstract click(selector: string): Promise<void>;

  /** The text of the first element that matches, or null when there is none or it is hidden. */
  text(selector: string): Promise<string | null> {
    return this.evaluate<string | null>(`(() => {
      const element = document.querySelector(${JSON.stringify(selector)});
      return element === null || element.closest("[hidden]") !== null ? null : element.textContent.trim();
    })()`);
  }

  /** The ids of the table's rows, from the top. */
  rows(): Promise<string[]> {
    return this.evaluate<string[]>(
      `[...document.querySelectorAll("[data-event-id]")].map((row) => row.dataset.eventId)`,
    );
  }

  async untilText(selector: string, expected: string | RegExp, timeoutMs?: number): Promise<string> {
    let last: string | null = null;
    const matches = async () => {
      last = await this.text(selector);
      if (last === null) return undefined;
      return (typeof expected === "string" ? last === expected : expected.test(last)) ? last : undefined;
    };
    try {
      return await until(matches, `${selector} to say ${expected}`, timeoutMs);
    } catch (error) {
      throw new Error(`${selector} says ${JSON.stringify(last)}`, { cause: error });
    }
  }

  async untilRows(expected: readonly (string | number)[], timeoutMs?: number): Promise<void> {
    const wanted = expected.map(String);
    let last: string[] = [];
    const matches = async () => {
      last = await this.rows();
      return last.length === wanted.length && last.every((id, at) => id === wanted[at]);
    };
    try {
      await until(matches, `rows ${wanted.join(" ")}`, timeoutMs);
    } catch (error) {
      throw new Error(`the rows are ${last.join(" ")}`, { cause: error });
    }
  }
}

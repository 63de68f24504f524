/** Pictures of the page. */
import type { Tab } from "../../tests/support/browser.ts";
import { until } from "../../tests/support/until.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Writes what a window of this size shows as a PNG: the same pixels on every machine, without scrollbars and without the
 * mark where one writes.
 * @param selector only this element; all of the window where it is left out
 */
export async function savePicture(tab: Tab, file: string, selector?: string): Promise<void> {
  await until(() => tab.evaluate<boolean>("document.getAnimations().length === 0"), "the fades to end");
  const clip =
    selector === undefined
      ? undefined
      : await tab.evaluate(`(() => {
          const { x, y, width, height } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect();
          return { x, y, width, height, scale: 1 };
        })()`);
  const found = await tab.cdp("Page.captureScreenshot", {
    format: "png",
    ...(clip === undefined ? {} : { clip }),
  });
  if (typeof found !== "object" || found === null || !("data" in found)) throw new Error("no picture came");
  await Bun.write(file, Uint8Array.fromBase64(String(found.data)));
}

/** Gives the page this size, whatever the window of the browser has around it. */
export async function resize(tab: Tab, size: Size): Promise<void> {
  await tab.cdp("Emulation.setDeviceMetricsOverride", { ...size, deviceScaleFactor: 1, mobile: false });
  await tab.cdp("Emulation.setScrollbarsHidden", { hidden: true });
}

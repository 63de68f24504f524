/** Finds a Chromium for the browser tests, or installs one where that takes no one's decision. */
import { existsSync } from "node:fs";
import { join } from "node:path";

import { installPackage } from "./tools.ts";

/** As Bun.WebView looks for it: https://bun.com/docs/runtime/webview#finding-the-chrome-executable */
const NAMES = [
  "google-chrome-stable",
  "google-chrome",
  "chromium-browser",
  "chromium",
  "brave-browser",
  "microsoft-edge",
  "chrome",
];

const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  "/snap/bin/chromium",
];

const WINDOWS_PLACES = [
  String.raw`Google\Chrome\Application\chrome.exe`,
  String.raw`Microsoft\Edge\Application\msedge.exe`,
];

/** What to do where there is none, and none can be had. */
export const NO_CHROMIUM =
  "No Chromium for the browser tests: install Chrome, Chromium or Edge (on Debian and Ubuntu: " +
  "`sudo apt-get install chromium`), or set BUN_CHROME_PATH to one.";

/** @returns undefined when there is none and none can be had */
export async function findChromium(): Promise<string | undefined> {
  return installed() ?? ((await installPackage("chromium")) ? installed() : undefined);
}

function installed(): string | undefined {
  const named = process.env["BUN_CHROME_PATH"];
  if (named !== undefined && named !== "") return named;
  for (const name of NAMES) {
    const path = Bun.which(name);
    if (path !== null) return path;
  }
  const roots = [process.env["ProgramFiles"], process.env["ProgramFiles(x86)"], process.env["LOCALAPPDATA"]];
  const windows = roots.flatMap((root) =>
    root === undefined ? [] : WINDOWS_PLACES.map((place) => join(root, place)),
  );
  return [...PLACES, ...windows].find((place) => existsSync(place));
}

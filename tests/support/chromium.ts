/** Finds a Chromium for the browser tests, or installs one where that takes no one's decision. */
import { existsSync } from "node:fs";
import { join } from "node:path";

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

export const isRoot = process.getuid?.() === 0;

/** @returns undefined when there is none and none can be had; a line on standard error then says what to do */
export async function findChromium(): Promise<string | undefined> {
  const found = installed() ?? (canInstall() && (await install()) ? installed() : undefined);
  if (found === undefined) {
    console.error(
      "No Chromium for the browser tests: install Chrome, Chromium or Edge (on Debian and Ubuntu: " +
        "`sudo apt-get install chromium`), or set BUN_CHROME_PATH to one.",
    );
  }
  return found;
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

/** Root on Debian or Ubuntu is a container or a CI machine: there a package is what anyone would install. */
function canInstall(): boolean {
  return process.platform === "linux" && isRoot && Bun.which("apt-get") !== null;
}

async function install(): Promise<boolean> {
  console.error("Installing Chromium for the browser tests (apt-get install chromium) …");
  return (await aptGet("update")) && (await aptGet("install", "-y", "--no-install-recommends", "chromium"));
}

async function aptGet(...args: string[]): Promise<boolean> {
  const child = Bun.spawn(["apt-get", ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdout: "ignore",
    stderr: "inherit",
  });
  return (await child.exited) === 0;
}

/** A real Firefox without a window, driven by WebDriver BiDi: https://w3c.github.io/webdriver-bidi/ */
import { existsSync } from "node:fs";

import { Bidi } from "./bidi.ts";
import { FirefoxTab, type FirefoxTabOptions } from "./firefox-tab.ts";
import { Scratch } from "./scratch.ts";
import { describeWhere, installPackage } from "./tools.ts";
import { lines } from "./writer.ts";

const NAMES = ["firefox-esr", "firefox"];
const PLACES = [
  "/Applications/Firefox.app/Contents/MacOS/firefox",
  String.raw`C:\Program Files\Mozilla Firefox\firefox.exe`,
];

/** What to do where there is none, and none can be had. */
const NO_FIREFOX =
  "No Firefox for the browser tests: install Firefox (on Debian: `sudo apt-get install firefox-esr`), " +
  "or set FIREFOX_PATH to one.";

/** In milliseconds. A first start makes a profile, and a busy machine takes several times the usual two seconds. */
const START_TIMEOUT_MS = 45_000;
/** In milliseconds. Whoever has not ended by then is killed. */
const END_TIMEOUT_MS = 5000;

/** It shall ask nobody and report to nobody. */
const PREFERENCES = {
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.aboutwelcome.enabled": false,
  "browser.safebrowsing.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.page": 0,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "layout.css.prefers-color-scheme.content-override": 1,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,#remote-settings-dummy/v1",
  "toolkit.telemetry.enabled": false,
};

const firefox = await findFirefox();

/** `describe` for tests that need Firefox, as `describeInBrowser` is for Chromium. */
export const describeInFirefox = describeWhere(firefox !== undefined, NO_FIREFOX);

export class Firefox implements AsyncDisposable {
  readonly #process: Bun.Subprocess<"ignore", "ignore", "pipe">;
  readonly #scratch: Scratch;
  #bidi: Bidi | undefined;

  private constructor(program: string, scratch: Scratch) {
    this.#scratch = scratch;
    this.#process = Bun.spawn(
      [program, "--headless", "--remote-debugging-port", "0", "--no-remote", "--profile", scratch.directory],
      {
        stdin: "ignore",
        stdout: "ignore",
        stderr: "pipe",
        // What it keeps beside its profile belongs into the directory that is removed, too.
        env: { PATH: process.env["PATH"], HOME: scratch.directory, MOZ_CRASHREPORTER_DISABLE: "1" },
      },
    );
  }

  /** @throws Error when it is not there to be driven within its time; nothing of it is left then */
  static async start(): Promise<Firefox> {
    if (firefox === undefined) throw new Error(NO_FIREFOX);
    const scratch = new Scratch();
    await Bun.write(scratch.path("user.js"), userPreferences());
    const browser = new Firefox(firefox, scratch);
    try {
      await browser.#connect();
    } catch (error) {
      await browser[Symbol.asyncDispose]();
      throw error;
    }
    return browser;
  }

  async openTab(url: string, options?: FirefoxTabOptions): Promise<FirefoxTab> {
    if (this.#bidi === undefined) throw new Error("Firefox is not connected: start() does that");
    return FirefoxTab.open(this.#bidi, url, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#bidi?.[Symbol.dispose]();
    this.#process.kill("SIGTERM");
    const killer = setTimeout(() => this.#process.kill("SIGKILL"), END_TIMEOUT_MS);
    await this.#process.exited;
    clearTimeout(killer);
    this.#scratch[Symbol.dispose]();
  }

  async #connect(): Promise<void> {
    const address = Promise.withResolvers<string>();
    const timer = setTimeout(() => {
      address.reject(new Error(`Firefox named no address within ${START_TIMEOUT_MS} ms`));
    }, START_TIMEOUT_MS);
    void this.#process.exited.then((status) =>
      address.reject(new Error(`Firefox ended with status ${status} before it could be driven`)),
    );
    void this.#readOutput(address.resolve);
    try {
      this.#bidi = await Bidi.connect(`${await address.promise}/session`, START_TIMEOUT_MS);
    } finally {
      clearTimeout(timer);
    }
    await this.#bidi.send("session.new", { capabilities: {} });
    await this.#bidi.send("session.subscribe", { events: ["log.entryAdded"] });
  }

  /** Reads to the end: a pipe that nobody empties would stop the browser. */
  async #readOutput(onAddress: (url: string) => void): Promise<void> {
    for await (const line of lines(this.#process.stderr)) {
      const url = /^WebDriver BiDi listening on (ws:\S+)$/.exec(line)?.[1];
      if (url !== undefined) onAddress(url);
    }
  }
}

function userPreferences(): string {
  return Object.entries(PREFERENCES)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join("");
}

async function findFirefox(): Promise<string | undefined> {
  return installed() ?? ((await installPackage("firefox-esr")) ? installed() : undefined);
}

function installed(): string | undefined {
  const named = process.env["FIREFOX_PATH"];
  if (named !== undefined && named !== "") return named;
  for (const name of NAMES) {
    const path = Bun.which(name);
    if (path !== null) return path;
  }
  return PLACES.find((place) => existsSync(place));
}

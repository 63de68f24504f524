#!/usr/bin/env bun
/** Puts the parts together: options in, the tail and the streams wired, HTTP up, a clean end. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import manifest from "../package.json" with { type: "json" };
import { createDatabase } from "./db/create.ts";
import { messageOf } from "./db/problem.ts";
import { Tail } from "./db/tail.ts";
import { Admission } from "./http/admission.ts";
import { createHandler } from "./http/app.ts";
import { buildAssets } from "./http/assets.ts";
import { Metrics } from "./http/metrics.ts";
import { Logger } from "./logger.ts";
import { type Options, parseOptions, UsageError } from "./options.ts";
import { FanOut } from "./sse/fanout.ts";

const { version } = manifest;

/** The operator's mistake: bad options. */
const EXIT_USAGE = 2;
/** The machine's: a port that is taken. */
const EXIT_FAILURE = 1;

/** How long open streams get to end before they are cut; the whole shutdown stays below 3 s. */
const SHUTDOWN_GRACE_MS = 2000;
const SHUTDOWN_CHECK_MS = 10;

/** Characters of a client's header that are worth a place in the logger. */
const LOGGED_HEADER_LENGTH = 64;

/** Ends with one line for the operator. */
function exitWith(status: number, line: string): never {
  console.error(`tailboard: ${line}`);
  process.exit(status);
}

function readOptions(): Options {
  try {
    const isTerminal = process.stdout.isTTY;
    const command = parseOptions({ argv: process.argv.slice(2), env: process.env, isTerminal, version });
    if (command.kind === "serve") return command.options;
    console.log(command.text);
    process.exit(0);
  } catch (error) {
    if (error instanceof UsageError) exitWith(EXIT_USAGE, error.message);
    throw error;
  }
}

/** Sees to the database where that is asked for, or where nothing was. @returns its path */
function prepareDatabase({ database: given, databaseGiven, create, table }: Options): string {
  const database = resolve(given);
  if (!create && (databaseGiven || existsSync(database))) return database;
  try {
    createDatabase(database, table);
    return database;
  } catch (error) {
    exitWith(
      EXIT_USAGE,
      `can't create ${database}: ${messageOf(error)}; give the path of a database, or start where you may write`,
    );
  }
}

/** Starts the second process of the demo. @returns the path of its database */
function startDemo(table: string, cleanUp: DisposableStack): string {
  const directory = mkdtempSync(join(tmpdir(), "tailboard-demo-"));
  cleanUp.defer(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, "events.db");
  createDatabase(path, table);
  const writer = Bun.spawn([process.execPath, join(import.meta.dir, "demo.ts"), path], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "inherit",
  });
  cleanUp.defer(() => writer.kill());
  return path;
}

function openBrowser(url: string, logger: Logger): void {
  const commands: Partial<Record<NodeJS.Platform, string[]>> = {
    darwin: ["open"],
    win32: ["cmd", "/c", "start", ""],
  };
  const command = [...(commands[process.platform] ?? ["xdg-open"]), url];
  try {
    Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "ignore" }).unref();
  } catch (error) {
    logger.error("opening the browser", messageOf(error), { command: command.join(" ") });
  }
}

async function main(): Promise<void> {
  const startedAtMs = performance.now();
  const options = readOptions();
  const logger = new Logger({ format: options.logFormat, write: (line) => console.log(line) });
  const cleanUp = new DisposableStack();
  const path = options.demo ? startDemo(options.table, cleanUp) : prepareDatabase(options);

  const tail = cleanUp.use(
    new Tail(
      { path, table: options.table, pollIntervalMs: options.pollIntervalMs },
      {
        onState(state, problem, latestId) {
          const fields = {
            state,
            problem: problem?.problem,
            advice: problem?.advice,
            latestId: String(latestId),
          };
          if (problem === undefined) logger.info("state changed", fields);
          else logger.warn("state changed", fields);
        },
        onError(operation, latestId, error) {
          metrics.countError(operation);
          logger.error(operation, messageOf(error), { latestId: String(latestId) });
        },
      },
    ),
  );
  const fanOut = new FanOut(tail, {
    onError(operation, lastSentId, error) {
      metrics.countError(operation);
      logger.error(operation, messageOf(error), { lastSentId: String(lastSentId ?? "") });
    },
    onReset: (reason) => metrics.countReset(reason),
    onDelivery: (delayMs) => metrics.observeDelivery(delayMs),
  });
  const metrics = new Metrics(() => ({ polls: tail.polls, pollIntervalMs: options.pollIntervalMs, fanOut }));
  tail.start();

  const handler = createHandler({
    archive: tail,
    fanOut,
    metrics,
    assets: await buildAssets(),
    admission: new Admission(options),
    version,
    startedAtMs,
    onError(operation, error) {
      metrics.countError(operation);
      logger.error(operation, messageOf(error));
    },
    onBadCursor: (header) =>
      logger.warnOften("left a Last-Event-ID out of account", {
        header: header.slice(0, LOGGED_HEADER_LENGTH),
        hint: "it takes a decimal event id",
      }),
  });
  const server = listen(options, cleanUp, handler);
  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) process.exit(EXIT_FAILURE);
    stopping = true;
    logger.info("stopping", { signal, subscribers: fanOut.size });
    void server.stop();
    fanOut.close();
    const deadline = performance.now() + SHUTDOWN_GRACE_MS;
    while (server.pendingRequests > 0 && performance.now() < deadline) await Bun.sleep(SHUTDOWN_CHECK_MS);
    await server.stop(true);
    cleanUp.dispose();
    process.exit(0);
  };
  // SIGHUP: the terminal is closed.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void stop(signal));
  const url = server.url.href;
  logger.info("listening", { url, database: tail.status().database.path, table: options.table, version });
  if (options.open) openBrowser(url, logger);
}

function listen(
  { host, port }: Options,
  cleanUp: DisposableStack,
  fetch: ReturnType<typeof createHandler>,
): Bun.Server<undefined> {
  try {
    return Bun.serve({
      hostname: host,
      port,
      fetch,
      // With true an error page would carry source code.
      development: false,
      // Bun 1.4.5 takes `development: false` for a wish to share the port, and two servers would share it silently.
      reusePort: false,
    });
  } catch (error) {
    cleanUp.dispose();
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE") {
      exitWith(
        EXIT_FAILURE,
        `port ${port} on ${host} is taken by another program; take another with --port N, or --port 0 for a free one`,
      );
    }
    exitWith(
      EXIT_FAILURE,
      `can't listen on port ${port} of ${host}: ${messageOf(error)}; try another with --port N`,
    );
  }
}

await main();

/** The server: the tail and the streams wired, HTTP up, a clean end. */
import { isatty } from "node:tty";

import { createAccessControl, pageUrl } from "./access-control.ts";
import { SqliteLog } from "./db/sqlite/sqlite-log.ts";
import { Admission } from "./http/admission.ts";
import { createHandler } from "./http/app.ts";
import { buildAssets } from "./http/assets.ts";
import { Metrics } from "./http/metrics.ts";
import { listen } from "./listening.ts";
import { Logger } from "./logger.ts";
import { messageOf } from "./message-of.ts";
import { MissingPanels } from "./missing-panels.ts";
import type { Command, Options } from "./options.ts";
import { isPostgresUrl } from "./postgres-url.ts";
import { openBrowser } from "./process/browser.ts";
import { FLUSH_DEADLINE_MS, standardError } from "./process/ending.ts";
import { EXIT_FAILURE, wordsOf } from "./process/failure.ts";
import { OpenFiles } from "./process/open-files.ts";
import { Output, writeToFile } from "./process/output.ts";
import { printable } from "./process/printable.ts";
import { signalsToHandle } from "./process/signals.ts";
import { prepareDatabase } from "./served-database.ts";
import { FanOut } from "./sse/fanout.ts";
import { streamLimits } from "./stream-limits.ts";

/** By its number: whoever touches `process.stdout` makes the pipe nonblocking for all who write to it. */
const STANDARD_OUTPUT = 1;
const STANDARD_ERROR = 2;

/** How long open streams get to end before they are cut; the whole shutdown stays below 3 s. */
const SHUTDOWN_GRACE_MS = 2000;

/** Characters of a client's header that are worth a place in the logger. */
const LOGGED_HEADER_LENGTH = 64;

function createLogger(format: Options["logFormat"]): { logger: Logger; output: Output } {
  const errors = standardError();
  const output = new Output({
    write: writeToFile(STANDARD_OUTPUT),
    onDropped: (lines) =>
      logger.warn("lines were dropped here, because standard output was not read", { dropped: lines }),
    onFailure: (error) =>
      errors.print(
        printable(
          `tailboard: standard output can't be written: ${wordsOf(error)}; lines are dropped until it can`,
        ),
      ),
  });
  const logger = new Logger({ format, write: (line) => output.print(line) });
  return { logger, output };
}

/** Starts everything. What it started is in `cleanUp`, also where it throws. */
export async function serve(
  { options, warnings }: Extract<Command, { kind: "serve" }>,
  version: string,
  cleanUp: AsyncDisposableStack,
): Promise<void> {
  const startedAtMs = performance.now();
  const { logger, output } = createLogger(options.logFormat);
  cleanUp.defer(() => output.flush(FLUSH_DEADLINE_MS));
  for (const warning of warnings) logger.warn(warning);

  let stopping = false;
  let countSubscribers = (): number => 0;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) process.exit(EXIT_FAILURE);
    stopping = true;
    logger.info("stopping", { signal, subscribers: countSubscribers() });
    try {
      await cleanUp.disposeAsync();
    } catch (error) {
      logger.error("cleaning up", wordsOf(error));
      await output.flush(FLUSH_DEADLINE_MS);
      process.exit(EXIT_FAILURE);
    }
    process.exit(0);
  };
  // Before anything is created that has to be removed again.
  for (const signal of signalsToHandle(isatty(STANDARD_OUTPUT))) process.on(signal, () => void stop(signal));
  const assets = await buildAssets();
  const isPostgres = !options.demo && isPostgresUrl(options.database);
  const { PostgresLog } = isPostgres ? await import("./db/postgres/postgres-log.ts") : {};
  if (stopping) return;

  // From here on everything happens in one turn: a signal finds either nothing or a server that listens.
  const accessControl = createAccessControl(options, logger);
  const limits = streamLimits(options, logger);
  const openFiles = cleanUp.use(new OpenFiles());
  const database = prepareDatabase(options, logger, cleanUp);

  const Log = PostgresLog ?? SqliteLog;
  const opened = cleanUp.use(
    new Log(
      { ...options, database },
      {
        onMissingColumn({ option, column, hint }, columns) {
          const message = `${option} names a column that the table does not have`;
          logger.warn(message, { column, columns: columns.join(", "), hint });
        },
        onState(state, problem, latestId) {
          const fields = {
            state,
            problem: problem?.problem,
            advice: problem?.advice,
            latestId: String(latestId),
          };
          if (problem === undefined) logger.info("state changed", fields);
          else logger.warn("state changed", fields);
          // In a turn of its own: the state changes in the middle of an opening.
          if (state === "tailing") setImmediate(() => lookForPanels());
        },
        onError(operation, error, fields) {
          metrics.countError(operation);
          logger.error(operation, messageOf(error), fields);
        },
      },
    ),
  );
  const { log, archive } = opened;
  const lookForPanels = (): void => {
    missingPanels?.look().catch((error: unknown) => logger.error("looking for --panels", messageOf(error)));
  };
  const fanOut = new FanOut(log, {
    onError(operation, lastSentId, error) {
      metrics.countError(operation);
      logger.error(operation, messageOf(error), { lastSentId: String(lastSentId ?? "") });
    },
    onReset: (reason) => metrics.countReset(reason),
    onDelivery: (delayMs) => metrics.observeDelivery(delayMs),
  });
  const metrics = new Metrics(() => ({
    polls: opened.polls,
    pollIntervalMs: options.pollIntervalMs,
    fanOut,
    longReads: opened.longReads,
    state: archive.status().state,
  }));
  const panels =
    options.panels === "none"
      ? undefined
      : opened.panels({ chosen: options.panels, showsSecrets: options.showSecrets });
  const missingPanels =
    panels === undefined || options.panels === undefined
      ? undefined
      : new MissingPanels(panels, (table) =>
          logger.warn("--panels names a table that is not there beside the log", {
            table,
            hint: "it is offered as soon as it is there; /api/tables has the names of those that are",
          }),
        );
  opened.start();

  const handler = createHandler({
    archive,
    panels,
    fanOut,
    metrics,
    assets,
    access: accessControl.access,
    admission: new Admission(limits),
    basePath: options.basePath,
    version,
    startedAtMs,
    onError(operation, error) {
      metrics.countError(operation);
      logger.error(operation, messageOf(error));
    },
    onBadCursor: (header) =>
      logger.warnOften("a Last-Event-ID is no id, and its client starts at the newest event", {
        header: header.slice(0, LOGGED_HEADER_LENGTH),
        hint: "it takes a decimal event id",
      }),
    onSlow: (route, elapsedMs, { address, user }) =>
      logger.warnOften("slow query", { path: route, elapsedMs: Math.round(elapsedMs), address, user }),
    onStream: (visitor) => accessControl.onStream(visitor),
  });
  const listener = listen(options, handler, accessControl.tls, openFiles, logger);
  cleanUp.defer(() => {
    const closed = listener.close(SHUTDOWN_GRACE_MS);
    fanOut.close();
    return closed;
  });
  countSubscribers = () => fanOut.size;
  const { url } = listener;
  const { token } = options.access;
  logger.info("listening", {
    url,
    database: archive.status().database.path,
    table: archive.status().table,
    version,
    signIn: token === undefined ? undefined : "with the token of --token or TAILBOARD_TOKEN",
  });
  // Never into the log, which others read and which is kept: only to who looks at the terminal now.
  if (token !== undefined && isatty(STANDARD_ERROR))
    standardError().print(`Sign in at ${printable(`${pageUrl(url)}?token=${encodeURIComponent(token)}`)}`);
  if (options.open) {
    const page = accessControl.access.ticketUrl(pageUrl(url));
    void openBrowser(page, (reason, command) =>
      logger.error("opening the browser", reason, {
        command: command.replaceAll(page, url),
        hint: `open ${url} by hand`,
      }),
    );
  }
}

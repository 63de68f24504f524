/** Puts the server on its port, and says what is wrong where it can't be put there. */
import { Listener, type ListenerOptions } from "./http/listener.ts";
import type { Logger } from "./logger.ts";
import type { Options } from "./options.ts";
import { codeOf, StartFailure, wordsOf } from "./process/failure.ts";
import type { OpenFiles } from "./process/open-files.ts";

/** Ports below it are for programs with privileges, unless the machine says otherwise. */
const FIRST_FREE_PORT = 1024;

export const RAISE_OPEN_FILES = "raise the limit of open files (ulimit -n; for systemd LimitNOFILE=)";

/** @throws StartFailure where the port can't be had */
export function listen(
  { host, port, basePath }: Options,
  fetch: ListenerOptions["fetch"],
  tls: ListenerOptions["tls"],
  openFiles: OpenFiles,
  logger: Logger,
): Listener {
  try {
    return new Listener({
      host,
      port,
      basePath,
      fetch,
      tls,
      openFiles,
      onChange: (state) => {
        if (state === "accepting") logger.info("accepting connections again");
        else logger.warn("refusing connections: the open files are used up", { hint: RAISE_OPEN_FILES });
      },
      onError: (error) => logger.error("listening again", wordsOf(error)),
    });
  } catch (error) {
    throw listenFailure(error, host, port);
  }
}

function listenFailure(error: unknown, host: string, port: number): StartFailure {
  const code = codeOf(error);
  const another = "take another with --port N, or --port 0 for a free one";
  if (code === "EADDRINUSE")
    return new StartFailure(`port ${port} on ${host} is taken by another program`, another);
  const problem = `can't listen on port ${port} of ${host}: ${wordsOf(error)}`;
  if (code === "EACCES" && port < FIRST_FREE_PORT)
    return new StartFailure(`${problem}; ports below ${FIRST_FREE_PORT} take privileges`, another);
  return new StartFailure(problem, another);
}

/** How many streams may be open: what was asked for, as far as the limit of open files allows it. */
import type { StreamLimits } from "./http/admission.ts";
import { RAISE_OPEN_FILES } from "./listening.ts";
import type { Logger } from "./logger.ts";
import type { Options } from "./options.ts";
import { StartFailure } from "./process/failure.ts";
import { openFilesLimit, streamsThatFit } from "./process/open-files.ts";

/**
 * Lowers the limit to what fits, and says so.
 * @throws StartFailure where not one stream fits
 */
export function streamLimits(
  { maxConnections: asked, maxConnectionsPerAddress }: Options,
  logger: Logger,
): StreamLimits {
  const limit = openFilesLimit();
  const maxConnections = streamsThatFit(asked, limit);
  if (maxConnections < 1)
    throw new StartFailure(`can't serve a stream: only ${limit} files may be open`, RAISE_OPEN_FILES);
  if (maxConnections < asked)
    logger.warn("--max-connections is lowered to what the limit of open files allows", {
      asked,
      maxConnections,
      openFilesLimit: limit,
      hint: RAISE_OPEN_FILES,
    });
  return {
    maxConnections,
    maxConnectionsPerAddress: Math.min(maxConnectionsPerAddress, maxConnections),
    raiseBy: maxConnections < asked ? RAISE_OPEN_FILES : "raise it with --max-connections",
  };
}

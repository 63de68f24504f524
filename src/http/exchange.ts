/** What a route is given: the parts of the server, and one request. */
import type { LogArchive } from "../archive.ts";
import type { PanelArchive } from "../panels.ts";
import type { FanOut } from "../sse/fanout.ts";
import type { Access } from "./access/access.ts";
import type { Visitor } from "./access/proxies.ts";
import type { Admission } from "./admission.ts";
import type { Asset } from "./assets.ts";
import type { Metrics } from "./metrics.ts";

/** The parts of the server that the routes work with. */
export interface App {
  readonly archive: LogArchive;
  /** The tables beside the log; undefined where none are offered. */
  readonly panels: PanelArchive | undefined;
  readonly fanOut: FanOut;
  readonly metrics: Metrics;
  /** The files of the page, by path. */
  readonly assets: ReadonlyMap<string, Asset>;
  readonly access: Access;
  readonly admission: Admission;
  /** Under which everything is served, with a slash at both ends. */
  readonly basePath: string;
  readonly version: string;
  /** `performance.now()` at the start of the server. */
  readonly startedAtMs: number;
  /** A request could not be answered because of an error of ours. */
  onError(operation: string, error: unknown): void;
  /** A cursor in a header was no id. */
  onBadCursor(header: string): void;
  /** A request has taken so long, in milliseconds. */
  onSlow(path: string, elapsedMs: number, visitor: Visitor): void;
  /** A stream was opened. */
  onStream(visitor: Visitor): void;
}

/** One request on its way. */
export interface Exchange {
  readonly request: Request;
  readonly url: URL;
  /** What stands in the place of `:id` or `:name`. */
  readonly id: string;
  /** What stands in the place of `:key`. */
  readonly key: string;
  readonly client: Client;
}

/** Who sent the request. */
export interface Client extends Visitor {
  /** Whether it may see what is not for everybody. */
  readonly isSignedIn: boolean;
  /** Sets after how many seconds without a byte sent the connection is cut. */
  setIdleTimeout(seconds: number): void;
}

export type Route = (app: App, exchange: Exchange) => Response | Promise<Response>;

/** Metrics in the text format of Prometheus. What is counted elsewhere is read when it is asked for. */
import type { Metric } from "prom-client";
import Counter from "prom-client/lib/counter.js";
import Gauge from "prom-client/lib/gauge.js";
import Histogram from "prom-client/lib/histogram.js";
import Registry from "prom-client/lib/registry.js";

import { type ResetReason, TAIL_STATES, type TailState } from "../events.ts";

/** Where the figures come from. */
export interface MetricsSource {
  /** Polls of the table by cause. */
  readonly polls: Readonly<Record<string, number>>;
  readonly pollIntervalMs: number;
  readonly fanOut: {
    readonly size: number;
    readonly lagging: number;
    readonly eventsSent: number;
    readonly bytesSent: number;
  };
  /** Lists, searches, statistics, exports and whole events that are being read. */
  readonly longReads: number;
  /** Of the tail. */
  readonly state: TailState;
}

const MS_PER_SECOND = 1000;

/** From a tenth of a millisecond, which is a good delay, to a second, which is none. */
const DELAY_BUCKETS_SECONDS = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

export class Metrics {
  readonly #registry = new Registry();
  readonly #delay: Histogram;
  readonly #resets: Counter<"reason">;
  readonly #errors: Counter<"operation">;

  constructor(source: () => MetricsSource) {
    const register = (metric: Metric): void => this.#registry.registerMetric(metric);
    const counter = (name: string, help: string, read: () => number): void => {
      register(
        new Counter({
          name,
          help,
          registers: [],
          collect() {
            this.reset();
            this.inc(read());
          },
        }),
      );
    };
    const gauge = (name: string, help: string, read: () => number): void => {
      register(
        new Gauge({
          name,
          help,
          registers: [],
          collect() {
            this.set(read());
          },
        }),
      );
    };

    register(
      new Counter({
        name: "tailboard_polls_total",
        help: "Polls of the table: the poll interval was over, a commit was noticed, or it was looked for once more.",
        labelNames: ["cause"],
        registers: [],
        collect() {
          this.reset();
          for (const [cause, count] of Object.entries(source().polls)) this.inc({ cause }, count);
        },
      }),
    );
    register(
      new Gauge({
        name: "tailboard_state",
        help: "1 for the state that the tail is in, 0 for the others.",
        labelNames: ["state"],
        registers: [],
        collect() {
          const current = source().state;
          for (const state of TAIL_STATES) this.set({ state }, state === current ? 1 : 0);
        },
      }),
    );
    gauge(
      "tailboard_poll_interval_seconds",
      "The longest time between two polls of the table.",
      () => source().pollIntervalMs / MS_PER_SECOND,
    );
    gauge("tailboard_subscribers", "Open event streams.", () => source().fanOut.size);
    gauge(
      "tailboard_subscribers_lagging",
      "Open event streams that were not sent the newest event yet.",
      () => source().fanOut.lagging,
    );
    counter(
      "tailboard_events_sent_total",
      "Events handed to the sockets, over all streams.",
      () => source().fanOut.eventsSent,
    );
    counter(
      "tailboard_bytes_sent_total",
      "Bytes handed to the sockets, over all streams.",
      () => source().fanOut.bytesSent,
    );
    gauge(
      "tailboard_long_reads",
      "Lists, searches, statistics, exports and whole events that are being read.",
      () => source().longReads,
    );
    this.#delay = new Histogram({
      name: "tailboard_delivery_delay_seconds",
      help: "From a commit being noticed to its rows being handed to every waiting socket.",
      buckets: DELAY_BUCKETS_SECONDS,
      registers: [this.#registry],
    });
    this.#resets = new Counter({
      name: "tailboard_resets_total",
      help: "Streams that were told that their cursor means nothing any longer.",
      labelNames: ["reason"],
      registers: [this.#registry],
    });
    this.#errors = new Counter({
      name: "tailboard_errors_total",
      help: "Errors by what was tried.",
      labelNames: ["operation"],
      registers: [this.#registry],
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  observeDelivery(delayMs: number): void {
    this.#delay.observe(delayMs / MS_PER_SECOND);
  }

  countReset(reason: ResetReason): void {
    this.#resets.inc({ reason });
  }

  countError(operation: string): void {
    this.#errors.inc({ operation });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

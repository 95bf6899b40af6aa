import { registeredApi } from "../context/otel-api.ts";
import { report } from "../report/report.ts";
import type { Attributes, Histogram, Meter, MeterProvider } from "@opentelemetry/api";
import type { Settings } from "./settings.ts";
import type { OtlpStats } from "./stats.ts";

let handlers = 0;

/**
 * Gives the counts to the app's MeterProvider, as soon as one is registered, under the names of the semantic conventions. Read when metrics are
 * collected, they cost a record nothing.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/
 */
export class Metrics {
  readonly #settings: Settings;
  readonly #stats: () => OtlpStats;
  readonly #id: number = handlers++;
  #provider: MeterProvider | undefined;
  #duration: Histogram | undefined;

  constructor(settings: Settings, stats: () => OtlpStats) {
    this.#settings = settings;
    this.#stats = stats;
  }

  /** Hears how long a request took and what was wrong: a status, or the name of an error. */
  readonly answered = (durationMs: number, problem: string | undefined): void => {
    const provider = registeredApi()?.metrics as MeterProvider | undefined;
    try {
      if (provider !== undefined && provider !== this.#provider) this.#register(provider);
      const status = problem !== undefined && /^\d/.test(problem) ? { "http.response.status_code": Number(problem) } : {};
      const attributes = { ...this.#exporter(), ...status, ...(problem === undefined ? {} : { "error.type": problem }) };
      this.#duration?.record(durationMs / 1000, attributes);
    } catch (error) {
      // The app's metrics are broken; records go on.
      report("otlp metrics", error);
    }
  };

  #register(provider: MeterProvider): void {
    this.#provider = provider;
    const meter = provider.getMeter("correlog");
    const processor = {
      "otel.component.type": "batching_log_processor",
      "otel.component.name": `batching_log_processor/${this.#id}`,
    };
    const unit = "{log_record}";
    observeLevel(meter, "otel.sdk.processor.log.queue.size", unit, processor, () => this.#stats().queued);
    const { maxQueueRecords } = this.#settings;
    if (maxQueueRecords < Infinity)
      observeLevel(meter, "otel.sdk.processor.log.queue.capacity", unit, processor, () => maxQueueRecords);
    observeLevel(meter, "otel.sdk.exporter.log.inflight", unit, this.#exporter(), () => this.#stats().inFlightRecords);
    this.#observeCounts(meter, "otel.sdk.processor.log.processed", processor, {
      queue_full: (stats) => stats.droppedBy.queueFull,
    });
    this.#observeCounts(meter, "otel.sdk.exporter.log.exported", this.#exporter(), {
      refused: (stats) => stats.droppedBy.refused,
      rejected: (stats) => stats.droppedBy.rejected,
    });
    this.#duration = meter.createHistogram("otel.sdk.exporter.operation.duration", { unit: "s" });
  }

  /** What was delivered without an error, and what failed by its kind. */
  #observeCounts(
    meter: Meter,
    name: string,
    attributes: Attributes,
    failures: Record<string, (stats: OtlpStats) => number>,
  ): void {
    meter.createObservableCounter(name, { unit: "{log_record}" }).addCallback((result) => {
      const stats = this.#stats();
      result.observe(stats.delivered, attributes);
      for (const [type, count] of Object.entries(failures)) result.observe(count(stats), { ...attributes, "error.type": type });
    });
  }

  #exporter(): Attributes {
    const { target, protocol } = this.#settings;
    const type = protocol === "http/json" ? "otlp_http_json_log_exporter" : "otlp_http_log_exporter";
    const port = Number(target.url.port) || (target.url.protocol === "https:" ? 443 : 80);
    return {
      "otel.component.type": type,
      "otel.component.name": `${type}/${this.#id}`,
      "server.address": target.url.hostname,
      "server.port": port,
    };
  }
}

function observeLevel(meter: Meter, name: string, unit: string, attributes: Attributes, read: () => number): void {
  meter.createObservableUpDownCounter(name, { unit }).addCallback((result) => result.observe(read(), attributes));
}

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createRecord, Logger, TRACE } from "../../src/index.ts";
import { captureConsole } from "../../src/capture/capture-console.ts";
import { otelHandler } from "../../src/otel/index.ts";
import { content, memoryTracer, otlpServer, remoteContext } from "./generation.ts";
import type * as NodeHttp from "node:http";
import type { AddressInfo } from "node:net";
import type { Context } from "@opentelemetry/api";
import type { OtelLogRecordExporter, SdkLogRecord } from "../../src/otel/index.ts";
import type { Generation } from "./generation.ts";

const LIVES_ON = "setInterval(() => {}, 1000);";
const TIME = Date.UTC(2026, 10, 22, 4, 5, 6, 789);

/** What `otelHandler()` does with an official processor or exporter, end to end, and in an instrumented server. */
export function describePipeline(otel: Generation): void {
  const { api, logs, sdkLogs, OTLPLogExporter } = otel;
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    logs.disable();
    for (const close of closers.splice(0)) await close();
  });

  const server = async (status = 200): Promise<Awaited<ReturnType<typeof otlpServer>>> => {
    const started = await otlpServer(otel, status);
    closers.push(started.close);
    return started;
  };

  describe(`official pipeline, SDK ${otel.number}.x`, () => {
    test("what a batch processor and the OTLP exporter send is what the official logger sends through them", async () => {
      const { url, bodies } = await server();
      const { resourceFromAttributes } = otel.require("@opentelemetry/resources");
      const resource = resourceFromAttributes({ "service.name": "shop", "host.id": 7 });
      const { ctx } = remoteContext(otel, 1);
      const attributes = {
        orderId: 17,
        nested: { list: [1, "a", { b: null }], bytes: new Uint8Array([1, 2]) },
        ok: true,
        f: 1.5,
      };
      const make = () => new sdkLogs.BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url }) });

      const logger = new Logger(otelHandler({ processor: make(), resource }), { name: "shop", clock: () => TIME });
      logger.info(ctx, "order paid", attributes);
      logger.event(ctx, "order.paid", { n: 1 });
      await logger.shutdown();

      const provider = new sdkLogs.LoggerProvider({ processors: [make()], resource });
      const official = provider.getLogger("shop");
      const common = { severityNumber: 9, severityText: "INFO", context: ctx };
      const s = Math.floor(TIME / 1000);
      const at = (ns: number) => ({ timestamp: [s, ns] as [number, number], observedTimestamp: [s, ns] as [number, number] });
      official.emit({ ...at(789_000_000), ...common, body: "order paid", attributes });
      official.emit({ ...at(789_000_001), ...common, body: "order.paid", eventName: "order.paid", attributes: { n: 1 } });
      await provider.shutdown();

      const [ours, theirs] = bodies;
      expect(bodies).toHaveLength(2);
      expect(ours).toEqual(theirs);
      expect(ours?.resourceLogs[0]?.scopeLogs[0]?.logRecords).toHaveLength(2);
    });

    test("processors that stamp records come before the one that exports", async () => {
      const exporter = new sdkLogs.InMemoryLogRecordExporter();
      const stamps = {
        onEmit: (record: SdkLogRecord) =>
          void record
            .setAttribute("stamp", 1)
            .setSeverityText("info")
            .setAttributes({ a: [1] }),
        forceFlush: async () => undefined,
        shutdown: async () => undefined,
      };
      const logger = new Logger(otelHandler({ processor: [stamps, new sdkLogs.SimpleLogRecordProcessor({ exporter })] }));
      logger.info("m", { b: 1 });
      await logger.flush();
      expect(exporter.getFinishedLogRecords().map(content)).toMatchObject([
        { attributes: { b: 1, stamp: 1, a: [1] }, severityText: "info" },
      ]);
    });

    test("a processor that wants no record of a level is not given it, and its attributes are not read", () => {
      const seen: string[] = [];
      const processor = {
        onEmit: (record: SdkLogRecord) => void seen.push(String(record.body)),
        forceFlush: async () => undefined,
        shutdown: async () => undefined,
        enabled: ({ severityNumber = TRACE, eventName }: { severityNumber?: number; eventName?: string }) =>
          severityNumber >= 13 || eventName !== undefined,
      };
      const logger = new Logger(otelHandler({ processor }));
      logger.info("no", {
        get read() {
          return seen.push("read");
        },
      });
      logger.warn("yes");
      logger.event("event");
      expect(seen).toEqual(["yes", "event"]);
    });

    test("a processor that throws, or rejects, keeps no other from the record, and is heard", () => {
      const exporter = new sdkLogs.InMemoryLogRecordExporter();
      const bad = { forceFlush: async () => undefined, shutdown: async () => undefined };
      const processor = [
        {
          ...bad,
          onEmit() {
            throw new Error("thrown");
          },
        },
        { ...bad, onEmit: async () => Promise.reject(new Error("rejected")) },
        new sdkLogs.SimpleLogRecordProcessor({ exporter }),
      ];
      const handler = otelHandler({ processor });
      expect(() => handler.handle(createRecord({ message: "m" }), api.ROOT_CONTEXT)).toThrow("thrown");
      expect(exporter.getFinishedLogRecords().map(({ body }) => body)).toEqual(["m"]);
    });

    test("records of one logger share a scope, and the service is what the environment says", async () => {
      const exporter = new sdkLogs.InMemoryLogRecordExporter();
      vi.stubEnv("OTEL_RESOURCE_ATTRIBUTES", "service.name=other,zone=b%20c,broken");
      vi.stubEnv("OTEL_SERVICE_NAME", "shop");
      const logger = new Logger(otelHandler({ exporter, scope: { name: "app", version: "1.2.3" } }));
      vi.unstubAllEnvs();
      for (const name of ["", "db", "db"]) logger.named(name).info("m");
      await logger.flush();
      const [app, db, again] = exporter.getFinishedLogRecords();
      expect(app?.instrumentationScope).toEqual({ name: "app", version: "1.2.3" });
      expect(db?.instrumentationScope).toEqual({ name: "db" });
      expect(db?.instrumentationScope).toBe(again?.instrumentationScope);
      expect(app?.resource.attributes).toEqual({ "service.name": "shop", zone: "b c" });
    });

    test("attributes over the limit are cut and counted in the record", async () => {
      const exporter = new sdkLogs.InMemoryLogRecordExporter();
      const logger = new Logger(otelHandler({ exporter, limits: { attributes: 2 } }));
      logger.info("m", { a: 1, b: 2, c: 3, d: 4 });
      await logger.flush();
      expect(exporter.getFinishedLogRecords().map(content)).toMatchObject([
        { attributes: { a: 1, b: 2 }, droppedAttributesCount: 2 },
      ]);
    });

    test("a bare exporter is given one turn's records at once, over HTTP, and its requests make no spans", async () => {
      const { url, bodies } = await server();
      const { isTracingSuppressed } = otel.require("@opentelemetry/core");
      const suppressed: boolean[] = [];
      const exporter = new OTLPLogExporter({ url });
      const send = exporter.export.bind(exporter);
      exporter.export = (records, done) => {
        suppressed.push(isTracingSuppressed(api.context.active()));
        send(records, done);
      };
      const logger = new Logger(otelHandler({ exporter }));
      for (let i = 0; i < 600; i++) logger.info(`m${i}`);
      const { tracer } = memoryTracer(otel);
      await tracer.startActiveSpan("request", async (span) => {
        await logger.flush();
        span.end();
      });
      const sent = bodies.map(({ resourceLogs }) => resourceLogs[0]?.scopeLogs[0]?.logRecords.length);
      expect(sent.toSorted((a = 0, b = 0) => b - a)).toEqual([512, 88]);
      expect(suppressed).toEqual([true, true]);
    });

    test("a bare exporter delivers what was logged last when the process comes to its natural end", async () => {
      const { url, bodies } = await server();
      const script = `
        import { createRequire } from "node:module";
        import { Logger } from "${import.meta.resolve("../../src/index.ts")}";
        import { otelHandler } from "${import.meta.resolve("../../src/otel/index.ts")}";
        const { OTLPLogExporter } = createRequire("${otel.root}")("@opentelemetry/exporter-logs-otlp-http");
        new Logger(otelHandler({ exporter: new OTLPLogExporter({ url: "${url}" }) })).info("last");`;
      await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
      expect(bodies[0]?.resourceLogs[0]?.scopeLogs[0]?.logRecords).toMatchObject([{ body: { stringValue: "last" } }]);
    });

    const FEEDS = {
      exporter: "{ exporter }",
      processor: "{ processor: new BatchLogRecordProcessor({ exporter }) }",
      LoggerProvider: "{ loggerProvider: new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter })] }) }",
    };
    const HELD = "what the processors still held of the 700 records since their last flush is lost";
    const ENDS = [
      { records: 700, feed: "exporter", answer: "say();", end: "process.exit(0);", want: "got 700" },
      { records: 700, feed: "exporter", answer: "say();", end: 'throw new Error("end");', want: "got 700" },
      {
        records: 700,
        feed: "exporter",
        answer: "",
        end: "process.exit(0);",
        want: "the process ended before the exporter answered for 700 records",
      },
      {
        records: 700,
        feed: "exporter",
        answer: "setTimeout(say, 20);",
        end: 'process.kill(process.pid, "SIGTERM");',
        want: "got 700",
      },
      {
        records: 700,
        feed: "processor",
        answer: "setTimeout(say, 20);",
        end: 'process.kill(process.pid, "SIGTERM");',
        want: "got 700",
      },
      { records: 700, feed: "processor", answer: "setTimeout(say, 20);", end: "process.exit(0);", want: HELD },
      {
        records: 700,
        feed: "processor",
        answer: "setTimeout(say, 20);",
        end: 'process.on("exit", () => logger.info("m")); process.exit(0);',
        want: "1 more (2 in all), last: the process ended: what the processors still held of the 1 records",
      },
      {
        records: 700,
        feed: "exporter",
        answer: "",
        end: 'process.on("exit", () => { for (let i = 0; i < 700; i++) logger.info("m"); }); process.exit(0);',
        want: "(1400 in all)",
      },
      { records: 700, feed: "processor", answer: "setTimeout(say, 20);", end: 'throw new Error("end");', want: HELD },
      { records: 700, feed: "processor", answer: "", end: `${LIVES_ON} process.kill(process.pid, "SIGTERM");`, want: HELD },
      {
        records: 700,
        feed: "exporter",
        answer: "",
        end: `${LIVES_ON} process.kill(process.pid, "SIGTERM");`,
        want: "the process ended before the exporter answered for 700 records",
      },
      { records: 700, feed: "LoggerProvider", answer: "setTimeout(say, 20);", end: "", want: "got 700" },
      {
        records: 700,
        feed: "LoggerProvider",
        answer: "setTimeout(say, 20);",
        end: `${LIVES_ON} process.kill(process.pid, "SIGTERM");`,
        want: "got 700",
      },
    ] as const;
    test.each(ENDS)(
      "what a $feed took is delivered or said at the end: $end, answering by '$answer'",
      async ({ records, feed, answer, end, want }) => {
        const script = `
        import { createRequire } from "node:module";
        import { writeSync } from "node:fs";
        import { Logger } from "${import.meta.resolve("../../src/index.ts")}";
        import { otelHandler } from "${import.meta.resolve("../../src/otel/index.ts")}";
        const { BatchLogRecordProcessor, LoggerProvider } = createRequire("${otel.root}")("@opentelemetry/sdk-logs");
        let got = 0;
        const exporter = {
          export(records, done) {
            const say = () => { got += records.length; done({ code: 0 }); if (got === ${records}) writeSync(2, "got " + got); };
            ${answer}
          },
          shutdown: async () => undefined,
          forceFlush: async () => undefined,
        };
        const logger = new Logger(otelHandler(${FEEDS[feed]}));
        for (let i = 0; i < ${records}; i++) logger.info("m");
        ${end}`;
        const child = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
        const { stderr } = await child.catch((error: { stderr: string }) => error);
        expect(stderr).toContain(want);
      },
    );

    test("what is logged in a listener to a natural end is delivered as what was before", async () => {
      const script = `
        import { createRequire } from "node:module";
        import { writeSync } from "node:fs";
        import { Logger } from "${import.meta.resolve("../../src/index.ts")}";
        import { otelHandler } from "${import.meta.resolve("../../src/otel/index.ts")}";
        const { BatchLogRecordProcessor } = createRequire("${otel.root}")("@opentelemetry/sdk-logs");
        const exporter = {
          export(records, done) {
            setTimeout(() => { for (const { body } of records) writeSync(2, body + " "); done({ code: 0 }); }, 20);
          },
          shutdown: async () => undefined,
          forceFlush: async () => undefined,
        };
        const logger = new Logger(otelHandler({ processor: new BatchLogRecordProcessor({ exporter }) }));
        logger.info("first");
        await logger.flush();
        process.once("beforeExit", () => {
          logger.info("second");
          setTimeout(() => process.once("beforeExit", () => logger.info("third")), 10);
        });`;
      const { stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
      expect(stderr).toBe("first second third ");
    });

    test("flush rejects when an export failed, once, and says how many records are lost", async () => {
      const { url } = await server(400);
      const logger = new Logger(otelHandler({ exporter: new OTLPLogExporter({ url }) }));
      logger.info("a");
      logger.info("b");
      await expect(logger.flush()).rejects.toThrow("2 records were not exported");
      await expect(logger.flush()).resolves.toBeUndefined();
      await logger.shutdown();
    });
  });

  test(`SDK ${otel.number}.x: a captured console is not given what an exporter prints of it`, async () => {
    const printed: unknown[] = [];
    using dir = vi.spyOn(console, "dir").mockImplementation((value) => void printed.push(value));
    const exporter = new sdkLogs.ConsoleLogRecordExporter();
    const logger = new Logger(otelHandler({ processor: new sdkLogs.BatchLogRecordProcessor({ exporter }) }));
    using _ = captureConsole(logger);
    console.log("one");
    for (let i = 0; i < 3; i++) await logger.flush();
    expect(printed).toMatchObject([{ body: "one" }]);
    expect(dir).toHaveBeenCalledOnce();
  });

  describe(`bare exporter, SDK ${otel.number}.x`, () => {
    test("a burst of 10,000 in one turn is not lost, in order", async () => {
      const exporter = new sdkLogs.InMemoryLogRecordExporter();
      const logger = new Logger(otelHandler({ exporter }));
      for (let i = 0; i < 10_000; i++) logger.info(String(i));
      await logger.flush();
      expect(exporter.getFinishedLogRecords().map(({ body }) => body)).toEqual(
        Array.from({ length: 10_000 }, (_, i) => String(i)),
      );
    });

    test("one that throws, or answers with a failure, loses its own batch only; one that hangs bounds the queue", async () => {
      let calls = 0;
      const bad: OtelLogRecordExporter = {
        export: (_records, done) => {
          calls++;
          if (calls === 1) throw new Error("thrown");
          done(calls === 2 ? { code: 1, error: new Error("told") } : { code: 0 });
        },
        shutdown: async () => undefined,
      };
      const logger = new Logger(otelHandler({ exporter: bad }));
      const reasons: unknown[] = [];
      for (let i = 0; i < 3; i++) {
        logger.info("m");
        await logger.flush().catch((error: Error) => reasons.push((error.cause as Error).message));
      }
      expect(reasons).toEqual(["thrown", "told"]);

      const done: (() => void)[] = [];
      const given: number[] = [];
      const hangs: OtelLogRecordExporter = {
        export: (records, answer) => {
          given.push(records.length);
          done.push(() => answer({ code: 0 }));
        },
        shutdown: async () => undefined,
      };
      const burst = new Logger(otelHandler({ exporter: hangs }));
      for (let i = 0; i < 20_000; i++) burst.info("m");
      const flushed = burst.flush().catch((error: Error) => error.message);
      while (given.length < 16_384 / 512) {
        for (const answer of done.splice(0)) answer();
        await new Promise((resolve) => setImmediate(resolve));
      }
      for (const answer of done.splice(0)) answer();
      expect(await flushed).toBe("otelHandler: 3616 records were not exported");
    });

    test("one that is async and rejects loses its batch, and ends no process", async () => {
      const exporter = { export: async () => Promise.reject(new Error("async")), shutdown: async () => undefined };
      const logger = new Logger(otelHandler({ exporter }));
      logger.info("m");
      const error: Error = await logger.flush().then(
        () => new Error("resolved"),
        (reason: Error) => reason,
      );
      expect(error).toMatchObject({ message: "otelHandler: 1 records were not exported", cause: { message: "async" } });
    });
  });

  describe(`instrumented server, SDK ${otel.number}.x`, () => {
    test("a record logged in a request carries that request's ids, after awaits, under withGroup, sampled or not", async () => {
      const exporter = new sdkLogs.InMemoryLogRecordExporter();
      // Made before any SDK is there.
      const logger = new Logger(otelHandler(), { name: "server" }).withGroup("req");
      logs.setGlobalLoggerProvider(
        new sdkLogs.LoggerProvider({ processors: [new sdkLogs.SimpleLogRecordProcessor({ exporter })] }),
      );
      const http = otel.require("node:http") as typeof NodeHttp;
      const served = http.createServer(
        instrumented(otel, async (path) => {
          logger.info("start", { path });
          await new Promise((resolve) => setTimeout(resolve, 5));
          logger.info("end", { path });
        }),
      );
      await new Promise<void>((resolve) => served.listen(0, "127.0.0.1", resolve));
      closers.push(() => new Promise((resolve) => served.close(resolve)));
      const { port } = served.address() as AddressInfo;
      const requests = ["01", "00", "01"].map((flags, i) => ({ path: `/${i}`, traceId: `${i + 1}`.repeat(32), flags }));
      await Promise.all(
        requests.map(async ({ path, traceId, flags }) =>
          fetch(`http://127.0.0.1:${port}${path}`, {
            headers: { traceparent: `00-${traceId}-b7ad6b7169203331-${flags}`, connection: "close" },
          }),
        ),
      );
      const records = exporter.getFinishedLogRecords().map(content);
      expect(records).toHaveLength(6);
      for (const { path, traceId, flags } of requests) {
        const own = records.filter(({ attributes }) => (attributes["req"] as { path: string }).path === path);
        expect(own.map((each) => [each.body, each.traceId, each.traceFlags])).toEqual([
          ["start", traceId, Number(flags)],
          ["end", traceId, Number(flags)],
        ]);
        expect(own[0]?.spanId).toBe(own[1]?.spanId);
        expect(own[0]?.spanId).not.toBe("b7ad6b7169203331");
      }
      api.trace.disable();
      api.propagation.disable();
    });
  });
}

/** Serves with the official instrumentation in generation 3; in 2, whose fixture has none, with what that one does, by the API. */
function instrumented(otel: Generation, work: (path: string) => Promise<void>): NodeHttp.RequestListener {
  const { api } = otel;
  const { sdkTrace } = otel;
  const sampler = new sdkTrace.ParentBasedSampler({ root: new sdkTrace.AlwaysOnSampler() });
  const { provider, tracer } = memoryTracer(otel, { sampler });
  api.trace.setGlobalTracerProvider(provider);
  const { W3CTraceContextPropagator } = otel.require("@opentelemetry/core");
  api.propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const respond = (request: { url?: string | undefined }, response: { end(): void }): void =>
    void work(request.url ?? "").then(() => response.end());
  if (otel.number === 3) {
    const { HttpInstrumentation } = otel.require("@opentelemetry/instrumentation-http");
    const { registerInstrumentations } = otel.require("@opentelemetry/instrumentation");
    registerInstrumentations({ instrumentations: [new HttpInstrumentation({ disableOutgoingRequestInstrumentation: true })] });
    otel.require("node:http");
    return respond;
  }
  return (request, response) => {
    const parent: Context = api.propagation.extract(api.context.active(), request.headers);
    tracer.startActiveSpan("GET", {}, parent, (span) => {
      respond(request, {
        end: () => {
          span.end();
          response.end();
        },
      });
    });
  };
}

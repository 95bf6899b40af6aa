import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

// The default logger beside each generation of the SDK, in processes of their own: one record, on the console and in the provider, with
// the ids of the request it was made in. The logger is made, and logs, before the SDK is registered.
const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "correlog-default-"));
afterAll(() => rmSync(folder, { recursive: true }));

const GENERATIONS = [
  {
    name: "SDK 2.x",
    modules: join(root, "test/fixtures/otel-2/node_modules"),
    setUp: `
      import { logs } from "@opentelemetry/api-logs";
      import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";`,
    sampler: `import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";`,
  },
  {
    name: "SDK 3.x",
    modules: join(root, "node_modules"),
    setUp: `
      import { logs } from "@opentelemetry/api";
      import { TracerProvider as BasicTracerProvider } from "@opentelemetry/sdk-trace";`,
    sampler: `import { AlwaysOffSampler } from "@opentelemetry/sdk-trace";`,
  },
];

const app = ({ setUp, sampler }: { readonly setUp: string; readonly sampler: string }): string => `
  import { log } from ${JSON.stringify(join(root, "src/index.ts"))};
  import { context, trace } from "@opentelemetry/api";
  import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
  import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
  ${setUp}
  ${sampler}

  const db = log.named("db").withGroup("query");
  db.info("before");

  const exporter = new InMemoryLogRecordExporter();
  const processor = new SimpleLogRecordProcessor({ exporter });
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [processor] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const spans = [{}, { sampler: new AlwaysOffSampler() }].map((options) => new BasicTracerProvider(options).getTracer("t").startSpan("request"));
  for (const span of spans) {
    await context.with(trace.setSpan(context.active(), span), async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      db.info("after", { rows: 3 });
    });
  }
  await log.flush();
  const wanted = spans.map((span) => span.spanContext());
  const emitted = exporter.getFinishedLogRecords().map(({ body, attributes, spanContext, instrumentationScope }) => ({ body, attributes, spanContext, scope: instrumentationScope.name }));
  process.stderr.write(JSON.stringify({ wanted, emitted }));
`;

describe.each(GENERATIONS)("the default logger beside $name", (generation) => {
  test("writes to the provider that is registered later, with the ids that its console line has", () => {
    const place = join(folder, generation.name.replaceAll(/\W/g, ""));
    execFileSync("mkdir", ["-p", place]);
    symlinkSync(generation.modules, join(place, "node_modules"));
    writeFileSync(join(place, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(place, "app.ts"), app(generation));
    const { lines, said } = run(place);
    const ids = said.wanted.map(({ traceId, spanId, traceFlags }) => ({ traceId, spanId, traceFlags }));
    expect(ids.map(({ traceFlags }) => traceFlags)).toEqual([1, 0]);
    expect(lines.map(({ msg, query }) => ({ msg, query }))).toEqual([
      { msg: "before" },
      { msg: "after", query: { rows: 3 } },
      { msg: "after", query: { rows: 3 } },
    ]);
    expect(lines[0]).not.toHaveProperty("trace_id");
    expect(lines.slice(1).map((line) => [line["trace_id"], line["span_id"], line["trace_flags"]])).toEqual(
      ids.map(({ traceId, spanId, traceFlags }) => [traceId, spanId, `0${traceFlags}`]),
    );
    expect(said.emitted).toMatchObject(
      ids.map((spanContext) => ({ body: "after", attributes: { query: { rows: 3 } }, spanContext, scope: "db" })),
    );
  });
});

interface Said {
  readonly wanted: readonly { readonly traceId: string; readonly spanId: string; readonly traceFlags: number }[];
  readonly emitted: readonly unknown[];
}

function run(cwd: string): { lines: readonly Record<string, unknown>[]; said: Said } {
  const command = `"${process.execPath}" --disable-warning=ExperimentalWarning --preserve-symlinks app.ts 2>said.json`;
  const output = execFileSync("sh", ["-c", `${command}; cat said.json >&2`], {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "" },
  });
  const said = execFileSync("cat", ["said.json"], { cwd, encoding: "utf8" });
  return {
    lines: output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>),
    said: JSON.parse(said) as Said,
  };
}

import { attrsCase } from "./case.ts";
import { same } from "./compare.ts";
import { contextWith, SPAN_ID, TRACE_ID } from "./context-with.ts";
import { underActive } from "./active-context.ts";
import { MESSAGE } from "./trial.ts";
import type { Context } from "@opentelemetry/api";
import type { AttrsRow, CaseRule } from "./case.ts";
import type { ContextParts } from "./context-with.ts";
import type { ParsedRecord } from "./parsed-record.ts";

interface StampRow {
  readonly name: string;
  readonly rule: string;
  readonly span: ContextParts["span"] | undefined;
  readonly want: readonly [traceId: string | undefined, spanId: string | undefined, traceFlags: number | undefined];
}

const IDS = [TRACE_ID, SPAN_ID] as const;
const NONE = [undefined, undefined, undefined] as const;
const BAGGAGE = contextWith({ baggage: { tenant: "t1", user: "u1" } });

const SPANS: readonly StampRow[] = [
  { name: "ids", rule: "A record carries the ids of its context's span.", span: true, want: [...IDS, 1] },
  {
    name: "ids-unsampled",
    rule: "The ids are there for a span that is not sampled.",
    span: { traceFlags: 0 },
    want: [...IDS, 0],
  },
  { name: "ids-remote", rule: "The ids are there for a remote span.", span: { isRemote: true }, want: [...IDS, 1] },
  { name: "ids-flags", rule: "All trace flags come out, not the sampled one alone.", span: { traceFlags: 3 }, want: [...IDS, 3] },
  {
    name: "ids-zero",
    rule: "Ids of zeros never come out.",
    span: { traceId: "0".repeat(32), spanId: "0".repeat(16) },
    want: NONE,
  },
  { name: "ids-invalid", rule: "Ids that are none never come out.", span: { traceId: "x\n", spanId: "" }, want: NONE },
  { name: "ids-absent", rule: "Without a span there are no ids.", span: undefined, want: NONE },
];

const BAGGAGE_ROWS: readonly AttrsRow[] = [
  {
    name: "baggage",
    rule: "Baggage comes out as attributes.",
    log: (logger) => logger.info(BAGGAGE, MESSAGE, { k: "v" }),
    want: { k: "v", tenant: "t1", user: "u1" },
  },
  {
    name: "baggage-under-group",
    rule: "Baggage stands at the root, whatever group is open, also when that has no attributes.",
    log: (logger) => logger.withGroup("g").info(BAGGAGE, MESSAGE, { k: "v" }),
    want: { g: { k: "v" }, tenant: "t1", user: "u1" },
  },
  {
    name: "baggage-not-replacing-call",
    rule: "A member of the baggage never stands for an attribute of the call.",
    log: (logger) => logger.info(BAGGAGE, MESSAGE, { tenant: "mine" }),
    want: { tenant: "mine", user: "u1" },
  },
  {
    name: "baggage-not-replacing-bound",
    rule: "A member of the baggage never stands for a bound attribute or for a group.",
    log: (logger) => logger.with({ tenant: "mine" }).withGroup("user").info(BAGGAGE, MESSAGE, { id: "1" }),
    want: { tenant: "mine", user: { id: "1" } },
  },
  {
    name: "baggage-hostile",
    rule: "What stands in baggage comes out as one value, whatever characters it has.",
    log: (logger) => logger.info(contextWith({ baggage: { b: 'x"\n{"level":"FATAL"}\u001b[2J\u0000' } }), MESSAGE),
    want: { b: 'x"\n{"level":"FATAL"}\u001b[2J\u0000' },
  },
];

const OTHERS: readonly CaseRule[] = [
  {
    name: "ids-under-group",
    rule: "The ids stand at the root, whatever groups are open.",
    needs: ["trace"],
    async check(trial) {
      trial.logger
        .with({ a: "1" })
        .withGroup("g")
        .withGroup("h")
        .info(contextWith({ span: true }), MESSAGE, { k: "v" });
      const record = await trial.only();
      stamped(record, [...IDS, 1]);
      trial.attrs(record, { a: "1", g: { h: { k: "v" } } });
    },
  },
  {
    name: "ids-explicit",
    rule: "A context that the call is given stands for the active one, also when it has no span.",
    needs: ["trace"],
    async check(trial) {
      await underActive(contextWith({ span: { traceId: "1".repeat(32) }, baggage: { from: "active" } }), () => {
        trial.logger.info(contextWith({ span: true }), MESSAGE);
        trial.logger.info(contextWith({}), MESSAGE);
      });
      const [first, second] = await trial.exactly(2);
      if (first !== undefined) stamped(first, [...IDS, 1]);
      if (second !== undefined) stamped(second, NONE);
    },
  },
  {
    name: "ids-active",
    rule: "Without a context the record carries the ids of the one that is active at the call, not of one active later.",
    needs: ["trace"],
    async check(trial) {
      await underActive(contextWith({ span: true }), () => trial.logger.info(MESSAGE));
      await underActive(contextWith({ span: { traceId: "1".repeat(32) } }), async () => stamped(await trial.only(), [...IDS, 1]));
    },
  },
  {
    name: "ids-interleaved",
    rule: "Tasks that log by turns keep each its own ids, baggage and attributes.",
    needs: ["trace"],
    async check(trial) {
      const contexts = Array.from({ length: 20 }, (_, i) =>
        contextWith({ span: { spanId: spanId(i) }, baggage: { tenant: `t${i}` } }),
      );
      await Promise.all(contexts.map(async (ctx, i) => task(ctx, i)));
      for (const record of await trial.exactly(100)) {
        const i = Number(trial.at(record, ["task"]));
        stamped(record, [TRACE_ID, spanId(i), 1]);
        trial.attrs(record, { bound: `b${i}`, task: String(i), tenant: `t${i}` });
      }

      async function task(ctx: Context, i: number): Promise<void> {
        const logger = trial.logger.with({ bound: `b${i}` });
        for (let turn = 0; turn < 5; turn++) {
          logger.info(ctx, MESSAGE, { task: String(i) });
          await Promise.resolve();
        }
      }
    },
  },
];

function spanId(i: number): string {
  return String(i + 1).padStart(16, "0");
}

function stamped({ traceId, spanId: id, traceFlags }: ParsedRecord, want: StampRow["want"]): void {
  same("trace id, span id and flags", [traceId, id, traceFlags], want);
}

/** Are the rules for what a record takes from its context. */
export const STAMP_CASES: readonly CaseRule[] = [
  ...SPANS.map(({ name, rule, span, want }): CaseRule => ({
    name,
    rule,
    needs: ["trace"],
    async check(trial) {
      trial.logger.info(contextWith(span === undefined ? {} : { span }), MESSAGE);
      stamped(await trial.only(), want);
    },
  })),
  ...OTHERS,
  ...BAGGAGE_ROWS.map((row): CaseRule => attrsCase({ ...row, needs: ["baggage"] })),
];

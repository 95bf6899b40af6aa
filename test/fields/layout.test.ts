import { describe, expect, test } from "vitest";
import { DATADOG_LAYOUT } from "../../src/fields/datadog.ts";
import { ECS_LAYOUT } from "../../src/fields/ecs.ts";
import { gcpLayout } from "../../src/fields/gcp.ts";
import { fanout } from "../../src/handler/fanout.ts";
import { Logger } from "../../src/logger/logger.ts";
import { contextWith } from "../../src/testing/context-with.ts";
import { logValue } from "../../src/value/log-value.ts";
import { DEFAULT_LIMITS } from "../../src/value/limits.ts";
import { definedLines, Differential, expectSame } from "../format/differential.ts";
import { ANY_LIMITS, expectAlike } from "../format/expect-alike.ts";
import type { JsonLayout } from "../../src/format/json-layout.ts";

const LAYOUTS: readonly { readonly name: string; readonly layout: JsonLayout; readonly keys: readonly string[] }[] = [
  {
    name: "ecs",
    layout: ECS_LAYOUT,
    keys: [
      "service",
      "service.name",
      "error",
      "err",
      "log",
      "user",
      "attr.user",
      "@timestamp",
      "log.level",
      "event",
      "event.action",
      "attr.log",
      "tags",
    ],
  },
  {
    name: "gcp",
    // A name that must be quoted: nothing but white space and slashes is refused.
    layout: gcpLayout({ projectId: 'shop"\ud800' }),
    keys: ["severity", "message", "stack_trace", "timestamp", "err", "attr.message", "logging.googleapis.com/trace"],
  },
  {
    name: "datadog",
    layout: DATADOG_LAYOUT,
    keys: ["status", "message", "error", "err", "dd", "dd.span_id", "service", "attr.status", "evt.name"],
  },
];

for (const { name, layout, keys } of LAYOUTS) {
  describe(`${name}: a line in bytes is the line of its map of fields, for any records`, () => {
    for (const { name: bounds, limits, runs } of ANY_LIMITS) {
      // Less often than JSON's own layout, which has the same encoder: what differs is the heads, and the names that are moved.
      test(`with ${bounds}`, () => expectAlike(layout, limits, keys, runs / 10));
    }
  });
}

const PLAIN: readonly { name: string; use: (logger: Logger) => void }[] = [
  { name: "attributes", use: (logger) => logger.info("m", { a: 1, b: "x", c: { d: [true, null] } }) },
  { name: "an event", use: (logger) => logger.event("order.paid", { a: 1 }) },
  { name: "a named logger and a span", use: (logger) => logger.named("http").warn(contextWith({ span: true }), "m", { a: 1 }) },
  { name: "baggage", use: (logger) => logger.info(contextWith({ baggage: { tenant: "t" } }), "m", { a: 1 }) },
  { name: "a bound service", use: (logger) => logger.with({ service: "shop", version: "1" }).info("m", { a: 1 }) },
  {
    name: "a bound service behind others",
    use: (logger) => logger.with({ a: 1 }).with({ service: "shop" }).withGroup("g").info("m", { b: 1 }),
  },
  { name: "an Error in a group", use: (logger) => logger.info("m", { g: { err: new Error("no") } }) },
];

const DEFINED: readonly { name: string; use: (logger: Logger) => void }[] = [
  { name: "an Error", use: (logger) => logger.error("m", { a: 1, err: new Error("no") }) },
  { name: "a bound Error", use: (logger) => logger.with({ err: new Error("no") }).error("m", { a: 1 }) },
  { name: "an attribute of a reserved name", use: (logger) => logger.info("m", { message: "x" }) },
];

for (const { name, layout } of LAYOUTS) {
  describe(`${name}: the encoder`, () => {
    for (const { name: what, use } of PLAIN) {
      test(`is not needed for ${what}`, () => {
        const thrice = (logger: Logger): void => [1, 2, 3].forEach(() => use(logger));
        expect(definedLines(layout, thrice)).toBe(0);
      });
    }
  });

  describe(`${name}: the definition`, () => {
    for (const { name: what, use } of DEFINED) {
      test(`writes ${what}`, () => expect(definedLines(layout, use)).toBe(1));
    }
  });
}

describe("ecs: an attribute of the schema's own name", () => {
  const bound = (logger: Logger): void => logger.with({ user: { id: 7 } }).info("m", { a: 1 });
  const own = (attrs: object) => (logger: Logger) => logger.info("m", { ...attrs, a: 1 });
  class User {
    id = 7;
  }
  const CASES: readonly { readonly name: string; readonly defined: number; readonly use: (logger: Logger) => void }[] = [
    { name: "that is an object", defined: 0, use: own({ user: { id: 7, roles: ["a"] }, event: { outcome: "success" } }) },
    { name: "that is bound", defined: 0, use: bound },
    { name: "that is a list of tags, or one", defined: 0, use: own({ tags: ["a", "b"] }) },
    { name: "that is one tag", defined: 0, use: own({ tags: "a" }) },
    { name: "that is an empty object", defined: 0, use: own({ user: {} }) },
    { name: "that has a field of the record's own", defined: 1, use: own({ log: { level: "x" } }) },
    { name: "that has the action of an event", defined: 1, use: own({ event: { action: "login" } }) },
    { name: "that says itself what it is", defined: 1, use: own({ user: { [logValue]: () => "ann" } }) },
    { name: "that has toJSON", defined: 1, use: own({ user: { toJSON: () => "ann" } }) },
    { name: "that is an instance", defined: 1, use: own({ user: new User() }) },
    { name: "that is a Date", defined: 1, use: own({ user: new Date(0) }) },
    { name: "that is a text", defined: 1, use: own({ user: "ann" }) },
    { name: "that are tags with an object", defined: 1, use: own({ tags: ["a", { b: 1 }] }) },
    {
      name: "that is bound and merged",
      defined: 1,
      use: (logger) => logger.with({ user: { id: 7 } }).info("m", { user: { name: "ann" } }),
    },
  ];
  for (const { name, defined, use } of CASES) {
    test(`${name} ${defined === 0 ? "needs no map" : "goes by the map"}`, () => {
      expect(definedLines(ECS_LAYOUT, use)).toBe(defined);
    });
  }
});

test("ecs: a bound service is rendered once, also where another output keeps its own form with the chain", () => {
  let rendered = 0;
  const counting: JsonLayout = {
    ...ECS_LAYOUT,
    bound(attrs) {
      rendered++;
      return ECS_LAYOUT.bound(attrs);
    },
  };
  const ecs = new Differential(DEFAULT_LIMITS, counting);
  const logger = new Logger(fanout(new Differential(DEFAULT_LIMITS), ecs), { clock: () => 0 }).with({ service: "shop" });
  for (let i = 0; i < 5; i++) logger.info("m", { i });
  expectSame(ecs, 5);
  // With a place for own attributes, and without.
  expect(rendered).toBe(2);
});

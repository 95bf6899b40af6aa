import { describe, expect, expectTypeOf, test } from "vitest";
import { defineEvent } from "../../src/event/define-event.ts";
import { discard } from "../../src/handler/discard.ts";
import { memoryHandler } from "../../src/handler/memory.ts";
import { log } from "../../src/default/default-logger.ts";
import { adoptDetached, Logger } from "../../src/logger/logger.ts";
import { redact } from "../../src/middleware/redact.ts";
import { secret } from "../../src/value/secret.ts";
import { jsonHandler } from "../../src/console/json-handler.ts";
import { logValue } from "../../src/value/log-value.ts";
import { contextWith, TRACE_ID } from "../../src/testing/index.ts";
import type { LogEvent } from "../../src/event/define-event.ts";
import type { Level, LevelInput } from "../../src/level/level.ts";
import type { FromSchema, StandardSchema } from "../../src/event/from-schema.ts";

const orderPlaced = defineEvent("order.placed", {
  type: "object",
  properties: {
    orderId: { type: "integer" },
    total: { type: "number" },
    state: { enum: ["new", "paid"] },
    email: { type: "string", "x-classification": "pii" },
    at: { type: "string", format: "date-time" },
    card: {
      type: "object",
      properties: { number: { type: "string", "x-classification": "pci" }, brand: { type: "string" } },
      required: ["brand"],
    },
    users: {
      type: "array",
      items: { type: "object", properties: { name: { type: "string", "x-classification": "pii" }, id: { type: "integer" } } },
    },
  },
  required: ["orderId"],
});

function logged(use: (logger: Logger) => void): { readonly attrs: Record<string, unknown>; readonly line: string } {
  const memory = memoryHandler();
  const out: string[] = [];
  use(new Logger(memory));
  use(new Logger(jsonHandler({ writer: { write: (text) => out.push(text) } })));
  expect(memory.records).toHaveLength(1);
  expect(memory.records[0]).toMatchObject({ eventName: "order.placed", message: "order.placed", levelName: "INFO" });
  return { attrs: { ...memory.records[0]?.attrs }, line: out.join("") };
}

describe("an event", () => {
  test("has its name, its attributes, and the context that it is given", () => {
    const memory = memoryHandler();
    const logger = new Logger(memory).with({ zone: "eu" });
    orderPlaced(logger, { orderId: 17, total: 2.5 });
    orderPlaced(logger, contextWith({ span: true }), { orderId: 18 });
    orderPlaced(logger, undefined, { orderId: 19 });
    expect(memory.records.map(({ eventName, attrs, traceId }) => ({ eventName, attrs, traceId }))).toEqual([
      { eventName: "order.placed", attrs: { zone: "eu", orderId: 17, total: 2.5 }, traceId: undefined },
      { eventName: "order.placed", attrs: { zone: "eu", orderId: 18 }, traceId: TRACE_ID },
      { eventName: "order.placed", attrs: { zone: "eu", orderId: 19 }, traceId: undefined },
    ]);
    expect(orderPlaced.eventName).toBe("order.placed");
  });

  const LEVELS: readonly { level?: LevelInput; name: string; above: Level }[] = [
    { name: "INFO", above: 10 },
    { level: "trace", name: "TRACE", above: 2 },
    { level: "WARN2", name: "WARN2", above: 15 },
    { level: 21, name: "FATAL", above: 22 },
  ];
  test.each(LEVELS)("has its own level, $name, and is let through by it", ({ name, above, ...options }) => {
    const stockEmpty = defineEvent("stock.empty", { properties: { item: { type: "string" } } }, options);
    const memory = memoryHandler();
    stockEmpty(new Logger(memory, { level: stockEmpty.level, clock: () => 7 }).named("shop").with({ zone: "eu" }), { item: "a" });
    stockEmpty(new Logger(memory, { level: stockEmpty.level }), contextWith({ span: true }), { item: "b" });
    stockEmpty(new Logger(memory, { level: above }), { item: "c" });
    const [first, second, ...none] = memory.records;
    expect(first).toMatchObject({ levelName: name, eventName: "stock.empty", logger: "shop", time: 7 });
    expect(first?.attrs).toEqual({ zone: "eu", item: "a" });
    expect(second).toMatchObject({ levelName: name, eventName: "stock.empty", traceId: TRACE_ID });
    expect(none).toEqual([]);
  });

  test("what is classified is redacted by type, at any depth, and the caller's values stay", () => {
    const attrs = {
      orderId: 1,
      email: "ann@secret",
      card: { number: "4111-secret", brand: "visa" },
      users: [{ name: "secret", id: 1 }],
    };
    const { attrs: shown, line } = logged((logger) => orderPlaced(logger, attrs));
    expect(shown).toEqual({
      orderId: 1,
      email: "[Redacted]",
      card: { number: "[Redacted]", brand: "visa" },
      users: [{ name: "[Redacted]", id: 1 }],
    });
    expect(line).not.toContain("secret");
    expect(attrs.email).toBe("ann@secret");
  });

  const MISFITS: readonly { name: string; attrs: object; want: Record<string, unknown> }[] = [
    { name: "a type", attrs: { orderId: "x" }, want: { orderId: "x", schema_mismatch: ["orderId"] } },
    { name: "what is required", attrs: { total: 1 }, want: { total: 1, schema_mismatch: ["orderId"] } },
    {
      name: "inside",
      attrs: { orderId: 1, users: [{ id: 1 }, { id: "2" }] },
      want: { orderId: 1, users: [{ id: 1 }, { id: "2" }], schema_mismatch: ["users.1.id"] },
    },
    {
      name: "one of a list",
      attrs: { orderId: 1, state: "lost" },
      want: { orderId: 1, state: "lost", schema_mismatch: ["state"] },
    },
    {
      name: "a secret in place of what holds secrets",
      attrs: { orderId: 1, card: "4111-secret" },
      want: { orderId: 1, card: "[Redacted]", schema_mismatch: ["card"] },
    },
    {
      name: "a secret of another type",
      attrs: { orderId: 1, email: ["secret"] },
      want: { orderId: 1, email: "[Redacted]", schema_mismatch: ["email"] },
    },
    {
      name: "a map in place of an object with secrets",
      attrs: { orderId: 1, card: new Map([["brand", "secret"]]) },
      want: { orderId: 1, card: "[Redacted]" },
    },
    { name: "no object at all", attrs: "secret" as never, want: { attrs: "[Redacted]", schema_mismatch: [""] } },
    {
      name: "a getter that throws",
      attrs: {
        get orderId() {
          throw new Error("no");
        },
        total: 3,
      },
      want: { orderId: "[Throws: no]", total: 3, schema_mismatch: ["orderId"] },
    },
  ];
  for (const { name, attrs, want } of MISFITS) {
    test(`that does not fit is logged as it is, and says where: ${name}`, () => {
      const { attrs: shown, line } = logged((logger) => orderPlaced(logger, attrs as never));
      expect(shown).toEqual(want);
      expect(line).not.toContain('secret"');
    });
  }

  test("what is classified twice, or is a secret already, is hashed by its value", () => {
    const event = defineEvent(
      "order.placed",
      { properties: { email: { type: "string", "x-classification": "pii" }, card: { properties: { id: {} } } } } as const,
      { classified: ["email", "card.id"] },
    );
    const seen: unknown[] = [];
    const clean = redact({ keys: ["none"], censor: (value) => void seen.push(value) });
    const flat = defineEvent("e", { properties: { email: {} } } as const, { classified: ["email", "email"] });
    const logger = new Logger(clean(memoryHandler()));
    event(logger, { email: "ann", card: { id: secret("4111") } });
    flat(logger, { email: "ann" });
    flat(logger, { email: secret("ann") });
    expect(seen).toEqual(["ann", "4111", "ann", "ann"]);
  });

  test("a logger with a way of its own to log events is asked, also where it derives from ours", () => {
    const asked: unknown[][] = [];
    class Own extends Logger {
      override logEvent(...args: unknown[]): void {
        asked.push(args);
      }
    }
    const attrs = { orderId: 17 };
    for (const logger of [
      new Own(memoryHandler()),
      { enabled: () => true, logEvent: (...args: unknown[]) => void asked.push(args) },
    ])
      orderPlaced(logger, attrs);
    expect(asked).toEqual([
      [9, undefined, "order.placed", attrs],
      [9, undefined, "order.placed", attrs],
    ]);
  });

  test("the method without its logger shows nothing that is classified, and throws nothing", () => {
    const logEvent = Reflect.get(Logger.prototype, "logEvent");
    const lines: string[] = [];
    adoptDetached(new Logger(jsonHandler({ writer: { write: (text) => lines.push(text) } })));
    try {
      orderPlaced({ enabled: () => true, logEvent }, { orderId: 17, email: "ann@example.com" });
    } finally {
      adoptDetached(log);
    }
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"email":"[Redacted]"');
    expect(lines[0]).not.toContain("ann@");
  });

  test("disabled, it reads nothing", () => {
    let reads = 0;
    const attrs = {
      get orderId(): number {
        return ++reads;
      },
    };
    orderPlaced(new Logger(discard), attrs);
    orderPlaced(new Logger(memoryHandler(), { level: "warn" }), attrs);
    expect(reads).toBe(0);
    orderPlaced(new Logger(memoryHandler()), attrs);
    expect(reads).toBeGreaterThan(0);
  });

  test("its schema shapes the line, where what is classified is text", () => {
    const out: string[] = [];
    const handler = jsonHandler({
      schema: orderPlaced.lineSchema ?? {},
      rest: false,
      writer: { write: (text) => out.push(text) },
    });
    orderPlaced(new Logger(handler, { clock: () => 0 }).with({ zone: "eu" }), {
      orderId: 1,
      email: "e",
      card: { number: "1", brand: "visa" },
    });
    expect(JSON.parse(out[0] ?? "")).toEqual({
      time: "1970-01-01T00:00:00.000Z",
      level: "INFO",
      msg: "order.placed",
      event_name: "order.placed",
      orderId: 1,
      email: "[Redacted]",
      card: { number: "[Redacted]", brand: "visa" },
    });
    expect(handler.stats()).toEqual({ lines: 1, mismatches: 0, undeclared: 1 });
  });
});

/** A library's schema, as the interface has it. */
function standard(
  validate: StandardSchema<{ readonly id: number }>["~standard"]["validate"],
  json?: object,
): StandardSchema<{ readonly id: number }> {
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate,
      ...(json === undefined ? {} : { jsonSchema: { input: () => json as never } }),
    },
  };
}

describe("a Standard Schema", () => {
  test("says what does not fit, by paths without values", () => {
    const path = [{ key: "user" }, "emails", 0];
    const event = defineEvent(
      "order.placed",
      standard(() => ({ issues: [{ message: "ann@secret is none", path }] })),
      { classified: ["user.emails"] },
    );
    const { attrs, line } = logged((logger) => event(logger, { id: 1, user: { emails: ["ann@secret"] } } as never));
    expect(attrs).toEqual({ id: 1, user: { emails: "[Redacted]" }, schema_mismatch: ["user.emails.0"] });
    expect(line).not.toContain("secret");
  });

  test("that throws, or answers later, costs no event", async () => {
    const throwing = (): never => {
      throw new Error("x");
    };
    const rejecting = async (): Promise<never> => Promise.reject(new Error("x"));
    const of = (validate: unknown): unknown => {
      const event = defineEvent("order.placed", standard(validate as never));
      return logged((logger) => event(logger, { id: 1 })).attrs;
    };
    expect(of(throwing)).toEqual({ id: 1, schema_mismatch: ["*"] });
    expect(of(rejecting)).toEqual({ id: 1 });
    await new Promise(setImmediate);
  });

  test("gives classification and the line's shape where it has a JSON Schema", () => {
    const json = { type: "object", properties: { id: { type: "integer", "x-classification": "pii" } } };
    const event = defineEvent(
      "order.placed",
      standard((value) => ({ value: value as { id: number } }), json),
    );
    expect(logged((logger) => event(logger, { id: 1 })).attrs).toEqual({ id: "[Redacted]" });
    expect(event.lineSchema?.properties?.["id"]).toEqual({ type: "string" });
    expect(
      defineEvent(
        "order.placed",
        standard((value) => ({ value: value as { id: number } })),
      ).lineSchema,
    ).toBeUndefined();
  });
});

describe("a library's JSON Schema", () => {
  const event = (json: object | (() => never), options = {}): ReturnType<typeof defineEvent<never>> => {
    const input = (typeof json === "function" ? json : () => json) as () => never;
    const validate = (value: unknown): { readonly value: never } => ({ value: value as never });
    return defineEvent(
      "order.placed",
      { "~standard": { version: 1, vendor: "lib", validate, jsonSchema: { input } } } as never,
      options,
    );
  };

  test("with unions: they are looked through for what is classified, and shape no column", () => {
    const mail = {
      anyOf: [{ type: "null" }, { type: "object", properties: { to: { type: "string", "x-classification": "pii" } } }],
    };
    const sent = event({ type: "object", properties: { mail, id: { type: "integer" } } });
    expect(logged((logger) => sent(logger, { mail: { to: "secret" }, id: 1 })).attrs).toEqual({
      mail: { to: "[Redacted]" },
      id: 1,
    });
    expect(sent.lineSchema?.properties).toMatchObject({ mail: {}, id: { type: "integer" } });
    jsonHandler({ schema: sent.lineSchema ?? {} });
  });

  test("that cannot be read fails at set-up, unless the option says what is classified", () => {
    const unable = (): never => {
      throw new Error("no dates");
    };
    const message =
      "schema: lib gives no JSON Schema to read classifications from (no dates): expected the option classified, also if empty";
    expect(() => event(unable)).toThrow(message);
    expect(event(unable, { classified: [] }).lineSchema).toBeUndefined();
  });

  const pii = { type: "string", "x-classification": "pii" };
  const FOLLOWED: readonly { name: string; json: object; attrs: object; want: object }[] = [
    {
      name: "members beside the properties",
      json: { properties: { id: {} }, additionalProperties: pii },
      attrs: { id: 1, mail: "s", more: "s" },
      want: { id: 1, mail: "[Redacted]", more: "[Redacted]" },
    },
    {
      name: "records",
      json: { properties: { byId: { additionalProperties: { properties: { mail: pii } } } } },
      attrs: { byId: { a: { mail: "s", n: 1 }, b: { mail: "s" } } },
      want: { byId: { a: { mail: "[Redacted]", n: 1 }, b: { mail: "[Redacted]" } } },
    },
    {
      name: "records that are something else",
      json: { properties: { byId: { additionalProperties: pii } } },
      attrs: { byId: ["s"] },
      want: { byId: "[Redacted]" },
    },
    {
      name: "tuples",
      json: { properties: { pair: { items: [{}, pii] }, more: { prefixItems: [pii] } } },
      attrs: { pair: [1, "s", 2], more: ["s"] },
      want: { pair: [1, "[Redacted]", 2], more: ["[Redacted]"] },
    },
    {
      name: "local references",
      json: {
        properties: { a: { $ref: "#/definitions/a~1b" }, b: { $ref: "#/$defs/c" } },
        definitions: { "a/b": { properties: { mail: pii } } },
        $defs: { c: pii },
      },
      attrs: { a: { mail: "s", n: 1 }, b: "s" },
      want: { a: { mail: "[Redacted]", n: 1 }, b: "[Redacted]" },
    },
    {
      name: "a group without a name, which is inlined",
      json: { properties: { more: pii, o: { properties: { mail: pii } } } },
      attrs: { "": { "": { more: "s", o: { mail: "s", "": { mail: "s", n: 1 } } } } },
      want: { more: "[Redacted]", o: { mail: "[Redacted]", n: 1 } },
    },
    {
      name: "what is a text, and has no name",
      json: { properties: { o: { additionalProperties: pii } } },
      attrs: { o: { "": "s" } },
      want: { o: { "": "[Redacted]" } },
    },
    {
      name: "what says itself what it is",
      json: {
        properties: { a: { properties: { mail: pii } }, b: { properties: { mail: pii } }, c: { properties: { mail: pii } } },
      },
      attrs: {
        a: { toJSON: () => ({ mail: "s" }) },
        b: { [logValue]: () => ({ mail: "s" }) },
        c: { "": { toJSON: () => ({ mail: "s" }) } },
      },
      want: { a: "[Redacted]", b: "[Redacted]", c: { "": "[Redacted]" } },
    },
    {
      name: "a list with methods of its own",
      json: { properties: { list: { items: pii }, pair: { items: [pii] } } },
      attrs: { list: Object.assign(["s"], { map: () => ["s"] }), pair: Object.assign(["s", 1], { map: () => ["s"] }) },
      want: { list: ["[Redacted]"], pair: ["[Redacted]", 1] },
    },
    {
      name: "what is frozen",
      json: { properties: { mail: pii, o: { properties: { mail: pii } } } },
      attrs: Object.freeze({ mail: "s", o: Object.freeze({ mail: "s", n: 1 }) }),
      want: { mail: "[Redacted]", o: { mail: "[Redacted]", n: 1 } },
    },
    {
      name: "parts that repeat and hold nothing classified",
      json: {
        properties: { mail: pii, tree: { $ref: "#/definitions/t" } },
        definitions: { t: { items: { $ref: "#/definitions/t" } } },
      },
      attrs: { mail: "s", tree: [[]] },
      want: { mail: "[Redacted]", tree: [[]] },
    },
  ];
  for (const { name, json, attrs, want } of FOLLOWED) {
    test(`is followed into ${name}`, () => {
      const sent = event(json);
      expect(logged((logger) => sent(logger, attrs as never)).attrs).toEqual(want);
      jsonHandler({ schema: sent.lineSchema ?? {} });
    });
  }

  const NOT_FOLLOWED: readonly { name: string; json: object; message: RegExp }[] = [
    { name: "within itself", json: { properties: { mail: pii, kids: { items: { $ref: "#" } } } }, message: /contains itself/ },
    {
      name: "by a pattern of names",
      json: { patternProperties: { "^x": pii } },
      message: /schema\.patternProperties\.\^x: expected/,
    },
    {
      name: "by a pattern of names what it classifies elsewhere too",
      json: { properties: { a: pii }, patternProperties: { "^x": pii } },
      message: /schema\.patternProperties\.\^x: expected/,
    },
    {
      name: "by a reference behind what is not followed",
      json: { properties: { a: { $ref: "#/$defs/s" } }, unevaluatedProperties: { $ref: "#/$defs/s" }, $defs: { s: pii } },
      message: /schema\.unevaluatedProperties\.\$ref: expected/,
    },
    {
      name: "behind a reference and a choice",
      json: { properties: { a: pii, b: { oneOf: [{ $ref: "#/$defs/l" }] } }, $defs: { l: { contains: pii } } },
      message: /schema\.properties\.b\.oneOf\.\$ref\.contains: expected/,
    },
    {
      name: "by a reference within itself",
      json: {
        properties: { a: { $ref: "#/$defs/s" }, b: { $ref: "#/$defs/n" } },
        $defs: { s: pii, n: { properties: { s: { $ref: "#/$defs/s" }, next: { $ref: "#/$defs/n" } } } },
      },
      message: /contains itself/,
    },
    { name: "all of it", json: { ...pii, type: "object", properties: { a: pii } }, message: /\(schema: expected x-class/ },
    {
      name: "all of it in a choice",
      json: { properties: { a: pii }, anyOf: [{}, { allOf: [pii] }] },
      message: /\(schema\.anyOf\.allOf: expected/,
    },
    {
      name: "what nothing refers to",
      json: { properties: { a: {} }, $defs: { s: pii } },
      message: /schema\.\$defs\.s: expected/,
    },
    {
      name: "in a condition",
      json: { properties: { a: { if: {}, else: pii } } },
      message: /schema\.properties\.a\.else: expected/,
    },
    {
      name: "elsewhere",
      json: { properties: { a: { $ref: "other.json" } } },
      message: /expected a local \$ref, got "other\.json"/,
    },
    { name: "nowhere", json: { properties: { a: { $ref: "#/definitions/b" } } }, message: /expected a \$ref to a part of it/ },
  ];
  for (const { name, json, message } of NOT_FOLLOWED) {
    test(`that classifies ${name} fails at set-up, unless the option says it`, () => {
      expect(() => event(json)).toThrow(message);
      const sent = event(json, { classified: ["a"] });
      expect(logged((logger) => sent(logger, { a: "s" })).attrs).toEqual({ a: "[Redacted]" });
    });
  }

  test("whose values JSON has no type for classifies the others beside the option, and shapes a line", () => {
    const asked: unknown[] = [];
    const input = (options: { readonly libraryOptions?: object }): object => {
      asked.push(options);
      if (options.libraryOptions === undefined) throw new Error("Date cannot be represented in JSON Schema");
      return { type: "object", properties: { at: {}, mail: pii, phone: { type: "string" } } };
    };
    const schema = {
      "~standard": { version: 1, vendor: "lib", validate: (value: unknown) => ({ value }), jsonSchema: { input } },
    };
    const sent = defineEvent("order.placed", schema as never, { classified: ["phone"] }) as LogEvent<object>;
    expect(logged((logger) => sent(logger, { at: new Date(0), mail: "s", phone: "s" })).attrs).toEqual({
      at: "1970-01-01T00:00:00.000Z",
      mail: "[Redacted]",
      phone: "[Redacted]",
    });
    expect(sent.lineSchema?.properties).toMatchObject({ at: {}, mail: { type: "string" }, phone: { type: "string" } });
    jsonHandler({ schema: sent.lineSchema ?? {} });
    // The words of zod and of valibot.
    expect(asked.at(-1)).toEqual({ target: "draft-07", libraryOptions: { unrepresentable: "any", errorMode: "ignore" } });
  });

  test("that classifies more than can be followed classifies what can, beside the option", () => {
    const parts: readonly object[] = [
      { properties: { a: {}, mail: pii, kids: { items: { $ref: "#" } } } },
      { properties: { a: {}, mail: pii }, patternProperties: { "^x": pii } },
      { properties: { a: {}, other: { $ref: "other.json" }, mail: pii } },
      { properties: { a: {}, other: { $ref: "#/%E0" }, mail: pii } },
    ];
    for (const json of parts) {
      const sent = event(json, { classified: ["a"] });
      expect(logged((logger) => sent(logger, { a: "s", mail: "s" })).attrs).toEqual({
        a: "[Redacted]",
        mail: "[Redacted]",
      });
    }
  });
});

describe("a bad definition fails at set-up", () => {
  const CASES: readonly [string, readonly unknown[], RegExp][] = [
    ["name", ["", { properties: {} }], /^name: expected the name of an event, got ""$/],
    ["schema", ["a", 3], /^schema: expected a JSON Schema, got 3$/],
    ["shape", ["a", { type: "string" }], /^schema: expected a JSON Schema of an object with properties, got type "string"$/],
    [
      "classified",
      ["a", { properties: {} }, { classified: ["a..b"] }],
      /^classified: expected paths such as card\.number, got "a\.\.b"$/,
    ],
    ["level", ["a", { properties: {} }, { level: "loud" }], /^level: expected a level name .* or 1 to 24, got "loud"$/],
    [
      "level, which no event has",
      ["a", { properties: {} }, { level: "off" }],
      /^level: expected a level that an event can have, got "off"$/,
    ],
    [
      "options",
      ["a", { properties: {} }, { severity: 13 }],
      /^defineEvent: expected options among level, classified, got "severity"$/,
    ],
  ];
  for (const [name, args, message] of CASES)
    test(`its ${name}`, () => expect(() => Reflect.apply(defineEvent, undefined, args)).toThrow(message));
});

test("types: attributes are those of the schema, and nothing else", () => {
  const logger = new Logger(discard);
  orderPlaced(logger, { orderId: 1n, total: 1, state: "paid", at: new Date(), users: [{ id: 1 }] });
  // @ts-expect-error -- orderId is required
  orderPlaced(logger, { total: 1 });
  // @ts-expect-error -- total is a number
  orderPlaced(logger, { orderId: 1, total: "1" });
  // @ts-expect-error -- totl is not declared
  orderPlaced(logger, { orderId: 1, totl: 1 });
  // @ts-expect-error -- lost is none of the states
  orderPlaced(logger, { orderId: 1, state: "lost" });
  // @ts-expect-error -- brand is required inside of card
  orderPlaced(logger, contextWith({ span: true }), { orderId: 1, card: { number: "1" } });
  const event = defineEvent(
    "e",
    standard((value) => ({ value: value as { id: number } })),
  );
  event(logger, { id: 1 });
  // @ts-expect-error -- id is a number
  event(logger, { id: "1" });
  const counted = defineEvent("e", {
    properties: { id: { type: "integer" }, counts: { type: "object", additionalProperties: { type: "number" } } },
    additionalProperties: { type: "string" },
  });
  counted(logger, { id: 1, counts: { cups: 2 }, note: "a member beside the declared ones" });
  // @ts-expect-error -- a count is a number
  counted(logger, { id: 1, counts: { cups: "2" } });
  expectTypeOf<FromSchema<{ type: "object"; additionalProperties: false }>>().toEqualTypeOf<{ readonly [name: string]: never }>();
  expectTypeOf<FromSchema<{ type: "object"; additionalProperties: true }>>().toEqualTypeOf<{
    readonly [name: string]: unknown;
  }>();
  expectTypeOf<FromSchema<{ type: readonly ["string", "null"] }>>().toEqualTypeOf<string | null>();
  expectTypeOf<FromSchema<{ type: "array"; items: { const: 3 } }>>().toEqualTypeOf<readonly 3[]>();
});

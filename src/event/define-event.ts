import { INFO, isLevel, parseLevel } from "../level/level.ts";
import { isContext } from "../context/otel-api.ts";
import { Logger } from "../logger/logger.ts";
import { report } from "../report/report.ts";
import { REDACTED } from "../value/marker.ts";
import { resolveGroup } from "../value/resolve.ts";
import { misfits } from "../schema/fit.ts";
import { checkObjectSchema } from "../schema/json-schema.ts";
import { expected, knownOptions } from "../middleware/option.ts";
import { classifiedPaths, followedPaths } from "./classification.ts";
import { withSecrets } from "./classified.ts";
import { lineSchemaOf } from "./line-schema.ts";
import { neverQuick, quickFitOf } from "./quick-fit.ts";
import type { Context } from "@opentelemetry/api";
import type { Level, LevelInput } from "../level/level.ts";
import type { JsonSchema } from "../schema/json-schema.ts";
import type { Path } from "./classification.ts";
import type { EventAttrs, StandardIssue, StandardSchema } from "./from-schema.ts";
import type { QuickFit } from "./quick-fit.ts";

/** Configures {@link defineEvent}. */
export interface EventOptions {
  /** How severe the event is: a level's name or a number from 1 to 24. Default: `info`. */
  readonly level?: LevelInput;
  /**
   * Names attributes that nobody is to see, by dotted paths (`card.number`, `users.*.email`), beside those that the schema classifies. It must be given
   * where a library cannot say all of its schema as JSON Schema, also if empty: what its maps and sets hold is not known then.
   */
  readonly classified?: readonly string[];
}

/** Logs one kind of event; its attributes are those of its schema. */
export interface LogEvent<Attrs> {
  (logger: Pick<Logger, "enabled" | "logEvent">, attrs: Attrs): void;
  (logger: Pick<Logger, "enabled" | "logEvent">, ctx: Context | undefined, attrs: Attrs): void;
  /** Is what backends find the event by. */
  readonly eventName: string;
  /** Is how severe it is: OpenTelemetry's severity number. */
  readonly level: Level;
  /** Is the attributes' JSON Schema; undefined when the schema library gives none. */
  readonly schema: JsonSchema | undefined;
  /** Is the JSON Schema of the event's line, for `jsonHandler({ schema })`; undefined when the schema library gives none. */
  readonly lineSchema: JsonSchema | undefined;
}

/** The attribute that says which others do not fit the schema. */
const MISMATCH = "schema_mismatch";

/**
 * Defines an event: a stable name, and attributes that the compiler checks. The schema is a JSON Schema (written in the call, or `as const`), or one of
 * a library with the Standard Schema interface, such as zod.
 *
 * An attribute that the schema classifies (`"x-classification": "pii"`), or the option does, is a `secret()`: it leaves the process as `[Redacted]`.
 * Classifications are followed through properties, the members beside them, lists, tuples, unions and local references; one that stands anywhere
 * else fails at set-up.
 * What is logged often has its check compiled, where the runtime compiles at all; elsewhere, and in browsers, members are looked at one by one.
 * Attributes that do not fit at run time are logged all the same, as they are, and `schema_mismatch` lists their paths, without their values. A
 * disabled event is not checked.
 *
 * @throws TypeError or RangeError when the name, the schema or an option is not what is expected; the message says which.
 *
 * @example
 * ```ts
 * const orderPlaced = defineEvent("order.placed", {
 *   type: "object",
 *   properties: { orderId: { type: "integer" }, email: { type: "string", "x-classification": "pii" } },
 *   required: ["orderId"],
 * });
 * orderPlaced(logger, { orderId: 17, email: "ann@example.com" });
 * const stockEmpty = defineEvent("stock.empty", { properties: { item: { type: "string" } } }, { level: "warn" });
 * stockEmpty(logger, { item: "cup" });
 * ```
 */
export function defineEvent<const S extends StandardSchema | JsonSchema>(
  name: string,
  schema: S,
  options: EventOptions = {},
): LogEvent<EventAttrs<S>> {
  if (typeof name !== "string" || name === "") throw new TypeError(expected("name", "the name of an event", name));
  knownOptions("defineEvent", options, ["level", "classified"]);
  const level = readLevel(options.level ?? INFO);
  const { find, quickOf, jsonSchema, paths: own } = readSchema(schema, options.classified !== undefined);
  const paths = [...own, ...readClassified(options.classified ?? [])];
  const show = showOf(find, quickOf(paths), paths);
  const log = function event(logger: Pick<Logger, "enabled" | "logEvent">, first: unknown, second?: unknown): void {
    const hasContext = arguments.length > 2 || isContext(first);
    const ctx = hasContext ? (first as Context | undefined) : undefined;
    if (!logger.enabled(level, ctx)) return;
    const attrs = show(hasContext ? second : first);
    if (isLogger(logger)) Logger.logKnown(logger, level, ctx, name, attrs);
    else logger.logEvent(level, ctx, name, attrs);
  };
  const lineSchema = jsonSchema === undefined ? undefined : lineSchemaOf(jsonSchema, paths);
  return Object.assign(log, { eventName: name, level, schema: jsonSchema, lineSchema });
}

/** Tells a logger of this copy of the package, whose way to log an event nobody has changed. */
function isLogger(logger: Pick<Logger, "enabled" | "logEvent">): logger is Logger {
  return logger.logEvent === Logger.prototype.logEvent;
}

function readLevel(input: LevelInput): Level {
  const level = parseLevel(input);
  if (isLevel(level)) return level;
  throw new RangeError(expected("level", "a level that an event can have", input));
}

/** Tells where attributes do not fit. */
type FindMisfits = (attrs: object) => readonly string[];

/** Gives the attributes as the record has them. */
type Show = (attrs: unknown) => { readonly [key: string]: unknown };

function showOf(find: FindMisfits, quick: QuickFit, paths: readonly Path[]): Show {
  // Not compiled: of a schema that declares nothing no member is read by name.
  const hide = quickFitOf({}, paths, neverQuick);
  return (attrs) => quick(attrs) ?? eventAttrs(attrs, find, paths, hide);
}

/** @param hide gives attributes that fit as {@link withSecrets} does, sooner; undefined where it does not. */
function eventAttrs(
  attrs: unknown,
  find: FindMisfits,
  paths: readonly Path[],
  hide: QuickFit,
): { readonly [key: string]: unknown } {
  try {
    if (typeof attrs !== "object" || attrs === null) return { attrs: paths.length === 0 ? attrs : REDACTED, [MISMATCH]: [""] };
    const found = find(attrs);
    if (found.length === 0) return hide(attrs) ?? withSecrets(attrs, paths);
    return Object.assign(withSecrets(attrs, paths), { [MISMATCH]: found });
  } catch (error) {
    // A proxy that throws. What cannot be looked into may hold what nobody is to see.
    report("event", error);
    return { [MISMATCH]: ["*"] };
  }
}

interface ReadSchema {
  readonly find: FindMisfits;
  /** Makes the look at attributes, for paths to what is classified. */
  readonly quickOf: (classified: readonly Path[]) => QuickFit;
  readonly jsonSchema: JsonSchema | undefined;
  /** Leads to what the schema classifies. */
  readonly paths: readonly Path[];
}

function readSchema(schema: unknown, saysClassified: boolean): ReadSchema {
  if (isStandard(schema)) {
    const standard = schema["~standard"];
    const find: FindMisfits = (attrs) => standardMisfits(standard, attrs);
    // What the library checks is not known here: it is asked in every case.
    return { find, quickOf: () => neverQuick, ...readJsonSchema(standard, saysClassified) };
  }
  const jsonSchema = checkObjectSchema(schema);
  const find: FindMisfits = (attrs) => misfits(jsonSchema, resolveGroup(attrs));
  return { find, quickOf: (classified) => quickFitOf(jsonSchema, classified), jsonSchema, paths: classifiedPaths(jsonSchema) };
}

type ReadJsonSchema = Pick<ReadSchema, "jsonSchema" | "paths">;
const NO_SCHEMA: ReadJsonSchema = { jsonSchema: undefined, paths: [] };

/** Asks a library for its schema. What it classifies must not be missed silently: where not all can be read, the option must say the rest. */
function readJsonSchema({ jsonSchema: asked, vendor }: StandardSchema["~standard"], saysClassified: boolean): ReadJsonSchema {
  if (asked === undefined) return NO_SCHEMA;
  try {
    const jsonSchema = asked.input({ target: "draft-07" }) as JsonSchema;
    return { jsonSchema, paths: classifiedPaths(jsonSchema) };
  } catch (cause) {
    if (saysClassified) return readInPart(asked);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(
      `schema: ${vendor} gives no JSON Schema to read classifications from (${why}): expected the option classified, also if empty`,
      { cause },
    );
  }
}

/** Reads what a library's schema says all the same: to zod and to valibot a date, which JSON has no type for, is any value if they are told so. */
function readInPart(asked: NonNullable<StandardSchema["~standard"]["jsonSchema"]>): ReadJsonSchema {
  try {
    const libraryOptions = { unrepresentable: "any", errorMode: "ignore" };
    const jsonSchema = asked.input({ target: "draft-07", libraryOptions }) as JsonSchema;
    return { jsonSchema, paths: followedPaths(jsonSchema) };
  } catch {
    // Then the option says it alone.
    return NO_SCHEMA;
  }
}

function standardMisfits(standard: StandardSchema["~standard"], attrs: object): readonly string[] {
  try {
    const result = standard.validate(attrs);
    if (!(result instanceof Promise)) return (result.issues ?? []).map(pathOf);
    // An event does not wait: what is checked asynchronously is not checked.
    result.catch((error: unknown) => report("event", error));
    return [];
  } catch (error) {
    report("event", error);
    return ["*"];
  }
}

function isStandard(schema: unknown): schema is StandardSchema {
  // ArkType's schemas are functions.
  if ((typeof schema !== "object" && typeof schema !== "function") || schema === null || !("~standard" in schema)) return false;
  const standard = schema["~standard"] as Partial<StandardSchema["~standard"]> | undefined;
  return typeof standard?.validate === "function";
}

function pathOf({ path = [] }: StandardIssue): string {
  return path.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
}

function readClassified(classified: unknown): readonly Path[] {
  if (!Array.isArray(classified)) throw new TypeError(expected("classified", "a list of paths", classified));
  return classified.map((path: unknown) => {
    if (typeof path === "string" && path !== "" && !path.split(".").includes("")) return path.split(".");
    throw new TypeError(expected("classified", "paths such as card.number", path));
  });
}

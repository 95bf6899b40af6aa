/**
 * The logger and JSON lines alone, for programs that start often (bench/results.md has what each entry takes). All of it is also
 * exported by `correlog`, as the same things, but for `jsonHandler`, which there takes a `schema` too.
 */
export { jsonLines as jsonHandler } from "./console/json-lines.ts";
export type { LineOptions } from "./console/line-options.ts";
export { activeContext } from "./context/otel-api.ts";
export type { BaggageInput, BaggageMembers, BaggageOptions } from "./context/baggage.ts";
export { discard } from "./handler/discard.ts";
export { atLevel, fanout } from "./handler/fanout.ts";
export type { Branch } from "./handler/fanout.ts";
export type { Handler, Middleware } from "./handler/handler.ts";
export { DEBUG, ERROR, FATAL, INFO, levelName, OFF, parseLevel, TRACE, WARN } from "./level/level.ts";
export type { Level, LevelInput, LevelName } from "./level/level.ts";
export { LevelRules } from "./level/level-rules.ts";
export { LevelVar } from "./level/level-var.ts";
export { Logger } from "./logger/logger.ts";
export type { LoggerOptions } from "./logger/logger-options.ts";
export type { SourceOptions } from "./logger/call-site.ts";
export type { Attrs } from "./record/attrs.ts";
export { Binding } from "./record/binding.ts";
export type { LogRecord } from "./record/log-record.ts";
export { recordAttrs } from "./record/record-attrs.ts";
export type { AttrValue } from "./record/record-attrs.ts";
export type { Source } from "./record/source.ts";
export type { Limits } from "./value/limits.ts";
export { lazy, logValue } from "./value/log-value.ts";
export type { LogValuer } from "./value/log-value.ts";
export { fdWriter } from "./write/descriptor.ts";
export type { FdWriterOptions } from "./write/fd-writer-options.ts";
export type { LineWriter } from "./write/line-writer.ts";
export { stderr, stdout } from "./write/standard.ts";

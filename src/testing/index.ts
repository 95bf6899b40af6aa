export { handlerConformance, testHandler } from "./conformance.ts";
export type { ConformanceCase, ConformanceOptions, TestFunction } from "./conformance.ts";
export { contextWith, SPAN_ID, TRACE_ID } from "./context-with.ts";
export type { ContextParts } from "./context-with.ts";
export { parseJsonLine, parseJsonLines } from "./json-line.ts";
export type { Feature, ParsedRecord } from "./parsed-record.ts";
export type { Subject } from "./trial.ts";

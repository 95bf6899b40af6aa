export { handlerConformance, testHandler } from "./conformance.ts";
export type { ConformanceCase, ConformanceOptions, TestFunction } from "./conformance.ts";
export { contextWith, SPAN_ID, TRACE_ID } from "./context-with.ts";
export type { ContextParts } from "./context-with.ts";
export { parseJsonLine, parseJsonLines } from "./json-line.ts";
export type { Feature, ParsedRecord } from "./parsed-record.ts";
export type { Subject } from "./trial.ts";
export { captureForTest, capturing } from "./capture-for-test.ts";
export type {
  CaptureForTestOptions,
  NodeTestContext,
  OnTestFailed,
  TestCapture,
  TestToCapture,
  VitestTestContext,
} from "./capture-for-test.ts";
export { fixedClock } from "./fixed-clock.ts";
export type { FixedClock } from "./fixed-clock.ts";
export { logMatchers } from "./log-matchers.ts";
export type { HasRecords, LogAssertions, MatcherResult } from "./log-matchers.ts";
export { logsOf } from "./log-query.ts";
export type { LogQuery, Logs } from "./log-query.ts";

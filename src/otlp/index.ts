export { otlpHandler } from "./otlp-handler.ts";
export type { OtlpHandler } from "./otlp-handler.ts";
export type { Headers, OtlpOptions, SpoolOptions, WhenFull } from "./options.ts";
export type { Protocol } from "./envelope.ts";
export type { DropCause, OtlpStats } from "./stats.ts";
export type { OtlpReply, OtlpRequest, Transport } from "./transport.ts";
export { UndeliveredError } from "./undelivered-error.ts";

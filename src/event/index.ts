export { defineEvent } from "./define-event.ts";
export type { EventOptions, LogEvent } from "./define-event.ts";
export type { EventAttrs, FromSchema, StandardIssue, StandardSchema } from "./from-schema.ts";

import { attempt } from "../handler/fanout.ts";
import { report } from "../report/report.ts";
import type { Context } from "@opentelemetry/api";
import type { Handler } from "../handler/handler.ts";
import type { LogRecord } from "../record/log-record.ts";

/** How deep log calls may nest that are made while a record is handled, so that a handler that logs comes to an end. */
const MOST_NESTED = 3;
let nested = 0;

/** Tells whether a record is being handled at this moment, further up the stack. */
export function isHandling(): boolean {
  return nested > 0;
}

/** Hands a record to a handler. What that throws is reported; a record that is nested too deep is dropped, and reported. */
export function deliver(handler: Handler, record: LogRecord, ctx: Context): void {
  if (nested >= MOST_NESTED) {
    report("logger", "a handler or a value logs while it is logged: nested records dropped");
    return;
  }
  nested++;
  try {
    attempt(handler, record, ctx);
  } finally {
    nested--;
  }
}

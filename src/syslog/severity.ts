import { expected } from "../value/option.ts";
import type { Level } from "../level/level.ts";

/** The facilities of RFC 5424 by the names that every syslog daemon knows. */
const FACILITIES = [
  "kern",
  "user",
  "mail",
  "daemon",
  "auth",
  "syslog",
  "lpr",
  "news",
  "uucp",
  "cron",
  "authpriv",
  "ftp",
  "ntp",
  "audit",
  "alert",
  "clock",
  "local0",
  "local1",
  "local2",
  "local3",
  "local4",
  "local5",
  "local6",
  "local7",
] as const;

/** Names what kind of program speaks, as RFC 5424 does, section 6.2.1. */
export type SyslogFacility = (typeof FACILITIES)[number];

/** Numbers a facility. @throws RangeError when it is none. */
export function facilityCode(facility: SyslogFacility): number {
  const code = FACILITIES.indexOf(facility);
  if (code >= 0) return code;
  throw new RangeError(expected("facility", `one of ${FACILITIES.join(", ")}`, facility));
}

/**
 * Gives the syslog severity of a level, by the table of the OpenTelemetry data model read backwards: `FATAL` is emergency (0), `ERROR3` alert (1),
 * `ERROR2` critical (2), `ERROR` error (3), `WARN` warning (4), `INFO2` notice (5), `INFO` informational (6), what is below debug (7). A level between
 * two rows has the severity of the row below it.
 *
 * @see https://opentelemetry.io/docs/specs/otel/logs/data-model-appendix/#appendix-b-severitynumber-example-mappings
 */
export function syslogSeverity(level: Level): number {
  const rows = [21, 19, 18, 17, 13, 10, 9];
  const row = rows.findIndex((from) => level >= from);
  return row < 0 ? 7 : row;
}
